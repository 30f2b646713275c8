-- Prisoners on the last Friday of each month, a row a prisoner and month, for averages over twelve months
-- (CR-AVERAGE-POPULATION): each is a twelfth of a prisoner of the year.

SELECT snapshot_date, establishment, sex, ethnicity, CAST(1 AS DOUBLE) / 12 AS share_of_year
FROM nomis_iis__snapshot_population
WHERE snapshot_kind = 'MONTHLY'
