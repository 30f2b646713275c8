-- Incidents of self-harm and assaults in prison custody, each once, by the day on which they happened (CR-INCIDENT). Reports
-- that are duplicates, not reportable or overtaken do not count (list incident_status). Of two reports of one incident, in
-- the same prison, of the same family of types, not more than 24 hours apart and with a prisoner in both, that in NOMIS is
-- kept. An assault is serious if it was sexual, led to a stay in hospital or to treatment for concussion or internal
-- injuries, or to one of the injuries that the list incident_response marks so. Self-harm is of the sex of the prisoner,
-- an assault of the sex that the prison holds.

WITH reported AS (
    SELECT incident.incident_no, incident.system, incident.establishment, incident.occurred_at, type.family
    FROM irs__incident AS incident
    INNER JOIN codes__incident_type AS type ON type.code = incident.type AND type.family IN ('SELF_HARM', 'ASSAULT')
    INNER JOIN codes__incident_status AS status ON status.code = incident.status AND status.counted = 'yes'
),

twice AS (
    SELECT DISTINCT paper.incident_no
    FROM reported AS paper
    INNER JOIN reported AS kept
        ON kept.establishment = paper.establishment
        AND kept.family = paper.family
        AND kept.system = 'NOMIS'
        AND kept.occurred_at BETWEEN paper.occurred_at - INTERVAL '24' HOUR AND paper.occurred_at + INTERVAL '24' HOUR
    INNER JOIN irs__participant AS one ON one.incident_no = paper.incident_no
    INNER JOIN irs__participant AS other ON other.incident_no = kept.incident_no AND other.noms_no = one.noms_no
    WHERE paper.system = 'IRS'
),

answered AS (
    SELECT
        answer.incident_no,
        MAX(CASE WHEN answer.question_id = '44954' AND answer.response_id = 'Y' THEN 1 ELSE 0 END) AS hospital,
        MAX(CASE WHEN answer.question_id = '61287' AND answer.response_id = 'STAFF' THEN 1 ELSE 0 END) AS on_staff,
        MAX(CASE WHEN answer.question_id = '61287' AND answer.response_id = 'PRISONER' THEN 1 ELSE 0 END) AS on_prisoner,
        MAX(
            CASE
                WHEN answer.question_id IN ('61285', '61303', '61305') AND answer.response_id = 'Y' THEN 1
                WHEN answer.question_id = '61299' AND injury.serious = 'yes' THEN 1
                ELSE 0
            END
        ) AS serious
    FROM irs__response AS answer
    LEFT JOIN codes__incident_response AS injury ON injury.code = answer.response_id
    GROUP BY answer.incident_no
),

harmed AS (
    SELECT incident_no, MIN(noms_no) AS prisoner, MIN(sex) AS sex
    FROM irs__participant
    WHERE role = 'PERP'
    GROUP BY incident_no
)

SELECT
    reported.incident_no,
    reported.family,
    reported.establishment,
    CAST(reported.occurred_at AS DATE) AS occurred_on,
    CASE WHEN reported.family = 'SELF_HARM' THEN harmed.prisoner END AS prisoner,
    CASE
        WHEN reported.family = 'SELF_HARM' THEN harmed.sex
        WHEN prison.sex = 'male' THEN '1'
        WHEN prison.sex = 'female' THEN '2'
    END AS sex,
    COALESCE(answered.hospital, 0) = 1 AS hospital,
    COALESCE(answered.on_staff, 0) = 1 AS on_staff,
    COALESCE(answered.on_prisoner, 0) = 1 AS on_prisoner,
    reported.family = 'ASSAULT' AND COALESCE(answered.serious, 0) = 1 AS serious
FROM reported
LEFT JOIN twice ON twice.incident_no = reported.incident_no
LEFT JOIN answered ON answered.incident_no = reported.incident_no
LEFT JOIN harmed ON harmed.incident_no = reported.incident_no
LEFT JOIN codes__prison AS prison ON prison.code = reported.establishment
WHERE twice.incident_no IS NULL
