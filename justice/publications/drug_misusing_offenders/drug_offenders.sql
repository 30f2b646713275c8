-- People with a proven drug offence in a calendar year, each once a year, by the first day on which one was proven
-- (CR-DRUG), with the offences of any kind committed in the twelve months after that day and proven within eighteen months
-- of it. Drug offences are those of the Home Office classes 77 (supply and the like) and 92 (possession); who was proven
-- to supply on that day counts as a supplier.

WITH drug AS (
    SELECT
        person, proven_date, EXTRACT(YEAR FROM proven_date) AS year,
        CASE WHEN SUBSTRING(ho_class, 1, 3) = '077' THEN '077/00' ELSE '092/01' END AS drug_class
    FROM proven_offences
    WHERE SUBSTRING(ho_class, 1, 3) IN ('077', '092')
),

first_proven AS (
    SELECT person, year, MIN(proven_date) AS index_date
    FROM drug
    GROUP BY person, year
),

kinds AS (
    SELECT first_proven.person, first_proven.index_date, MIN(drug.drug_class) AS drug_class
    FROM first_proven
    INNER JOIN drug ON drug.person = first_proven.person AND drug.proven_date = first_proven.index_date
    GROUP BY first_proven.person, first_proven.index_date
),

followed AS (
    SELECT
        kinds.person,
        kinds.index_date,
        COUNT(later.offence_start) AS reoffences,
        SUM(CASE WHEN SUBSTRING(later.ho_class, 1, 3) IN ('077', '092') THEN 1 ELSE 0 END) AS drug_reoffences
    FROM kinds
    LEFT JOIN proven_offences AS later
        ON later.person = kinds.person
        AND later.offence_start > kinds.index_date
        AND later.offence_start <= kinds.index_date + INTERVAL '12' MONTH
        AND later.proven_date <= kinds.index_date + INTERVAL '18' MONTH
    GROUP BY kinds.person, kinds.index_date
)

SELECT
    kinds.person,
    kinds.index_date,
    kinds.drug_class,
    known.sex,
    CASE
        WHEN EXTRACT(YEAR FROM kinds.index_date) - known.birth_year
            - CASE WHEN EXTRACT(MONTH FROM kinds.index_date) < known.birth_month THEN 1 ELSE 0 END < 18
            THEN 'YOUTH'
        WHEN known.birth_year IS NOT NULL THEN 'ADULT'
    END AS offender_type,
    followed.reoffences,
    followed.drug_reoffences
FROM kinds
INNER JOIN followed ON followed.person = kinds.person AND followed.index_date = kinds.index_date
LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = kinds.person
