-- A row for each stay of an offender at level 2 or 3 in a financial year (CR-MAPPA-CASES); year_begins is 1 April. An offender
-- can have several stays: offenders are told apart by the number of the case, which each area gives for itself.

SELECT
    CAST(SUBSTRING(year, 1, 4) || '-04-01' AS DATE) AS year_begins,
    area,
    category,
    level,
    area || ' ' || case_id AS offender
FROM mappa__level23_case
