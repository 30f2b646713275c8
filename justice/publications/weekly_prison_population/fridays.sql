-- Prisoners on each Friday, a row a prisoner and Friday, with which Friday of its month it is (CR-FRIDAY).

SELECT
    snapshot_date,
    sex,
    establishment,
    CAST(CAST(FLOOR(CAST(EXTRACT(DAY FROM snapshot_date) - 1 AS DOUBLE) / 7) + 1 AS INT) AS TEXT) AS friday
FROM prisoners_counted
WHERE snapshot_kind = 'WEEKLY'
