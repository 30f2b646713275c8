-- A row for each area and measure of what happened under MAPPA in a financial year (CR-MAPPA-YEAR); year_begins is 1 April.
--
-- What the police register shows (VISOR_RSO) is there to check returns by, and is left out.

SELECT CAST(SUBSTRING(year, 1, 4) || '-04-01' AS DATE) AS year_begins, area, measure, value
FROM mappa__in_year_measure
WHERE measure <> 'VISOR_RSO'
