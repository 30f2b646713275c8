-- A row for each young person under 18 in the youth secure estate at the snapshot of a month, with its share of the average of
-- the financial year: one divided by the number of the year's snapshots (CR-YJ-CUSTODY). A stock is averaged and never summed.

WITH years AS (
    SELECT
        EXTRACT(YEAR FROM month) - CASE WHEN EXTRACT(MONTH FROM month) < 4 THEN 1 ELSE 0 END AS begins,
        COUNT(DISTINCT month) AS snapshots
    FROM youth_custody
    GROUP BY EXTRACT(YEAR FROM month) - CASE WHEN EXTRACT(MONTH FROM month) < 4 THEN 1 ELSE 0 END
)

SELECT
    held.month,
    held.home_yot AS yot,
    held.accommodation,
    held.legal_basis,
    held.sex,
    held.ethnicity,
    held.age_group,
    CAST(1 AS DOUBLE) / years.snapshots AS part
FROM youth_under_18 AS held
INNER JOIN years
    ON years.begins = EXTRACT(YEAR FROM held.month) - CASE WHEN EXTRACT(MONTH FROM held.month) < 4 THEN 1 ELSE 0 END
