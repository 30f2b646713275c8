-- A row for each month: the full-time equivalents in post at its end, divided by the number of months of the financial year that are
-- known (CR-MIA-STAFF). Their sum over a year is the year's average.

WITH months AS (
    SELECT
        month,
        EXTRACT(YEAR FROM month) - CASE WHEN EXTRACT(MONTH FROM month) < 4 THEN 1 ELSE 0 END AS begins,
        SUM(CAST(fte AS DOUBLE)) AS fte
    FROM noms_staff
    GROUP BY month
)

SELECT month, fte / COUNT(*) OVER (PARTITION BY begins) AS part
FROM months
