-- Adults on the probation caseload on the last day of a quarter, each once a day (CR-CASELOAD), with the number of the Police
-- National Computer under which its extract knows them. Orders in the community, suspended sentence orders and licences
-- after release count; who is still in prison or whose sentence is deferred does not. Of several orders that begun last
-- counts. Age is by year and month of birth; who has none is taken for an adult, as all are whom trusts supervise.

WITH supervised AS (
    SELECT
        load.as_at,
        load.trust,
        load.order_ref,
        load.start_date,
        known.pnc_id AS person,
        COALESCE(known.pnc_id, load.trust || '/' || load.crn) AS someone,
        COALESCE(known.sex, supervision.sex) AS sex,
        EXTRACT(YEAR FROM load.as_at) - COALESCE(known.birth_year, supervision.birth_year)
            - CASE
                WHEN EXTRACT(MONTH FROM load.as_at) < COALESCE(known.birth_month, supervision.birth_month) THEN 1
                ELSE 0
            END AS age
    FROM probation__caseload AS load
    LEFT JOIN probation__supervision AS supervision
        ON supervision.trust = load.trust AND supervision.order_ref = load.order_ref
    LEFT JOIN pnc_identity ON pnc_identity.pnc_id = supervision.pnc_id
    LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = COALESCE(pnc_identity.person, supervision.pnc_id)
    WHERE EXTRACT(MONTH FROM load.as_at) IN (3, 6, 9, 12)
        AND load.supervision_type IN ('CO', 'SSO', 'POST_RELEASE')
)

SELECT as_at, trust, person, sex, age, person IS NOT NULL AS matched
FROM (
    SELECT
        as_at, trust, person, sex, age,
        ROW_NUMBER() OVER (PARTITION BY as_at, someone ORDER BY start_date DESC, trust, order_ref) AS place
    FROM supervised
) AS by_start
WHERE place = 1 AND (age IS NULL OR age >= 18)
