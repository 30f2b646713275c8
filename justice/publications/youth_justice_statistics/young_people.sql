-- A row for each young person of a youth offending team and financial year in which a disposal was made, by the first disposal
-- of the year (CR-YJ-PEOPLE).
--
-- Age is that at the principal offence of this disposal. Whoever moves from one team to another is known to each of them and
-- counts with both.

WITH by_year AS (
    SELECT
        disposal.yot,
        disposal.yp_ref,
        disposal.offence_ref,
        disposal.outcome_date,
        ROW_NUMBER() OVER (
            PARTITION BY
                disposal.yot,
                disposal.yp_ref,
                EXTRACT(YEAR FROM disposal.outcome_date) - CASE WHEN EXTRACT(MONTH FROM disposal.outcome_date) < 4 THEN 1 ELSE 0 END
            ORDER BY disposal.outcome_date, disposal.disposal_ref
        ) AS place
    FROM yjmis__disposal AS disposal
)

SELECT
    by_year.outcome_date,
    by_year.yot,
    by_year.yp_ref,
    COALESCE(person.sex, '0') AS sex,
    COALESCE(person.ethnicity, 'NS') AS ethnicity,
    CASE WHEN offence.age <= 14 THEN '10_14' ELSE CAST(offence.age AS VARCHAR) END AS age_group
FROM by_year
LEFT JOIN yjmis__yp AS person ON person.yot = by_year.yot AND person.yp_ref = by_year.yp_ref
LEFT JOIN yjmis__offence AS offence ON offence.offence_ref = by_year.offence_ref
WHERE by_year.place = 1
