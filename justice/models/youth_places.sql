-- A row for each establishment of the youth secure estate and month: places contracted and places that can be used, from the
-- system that the young people of the month are counted from (CR-YC-PLACES).

WITH switch AS (
    SELECT MIN(reports_from) AS first_month FROM codes__youth_custody_system
),

capacity AS (
    SELECT sachs.month, sachs.establishment, sachs.contracted, sachs.available
    FROM sachs__bed_capacity AS sachs
    CROSS JOIN switch
    WHERE sachs.month < switch.first_month
    UNION ALL
    SELECT easset.month, easset.establishment, easset.contracted, easset.available
    FROM easset__bed_capacity AS easset
    CROSS JOIN switch
    WHERE easset.month >= switch.first_month
)

SELECT
    CAST(capacity.month || '-01' AS DATE) AS month,
    capacity.establishment,
    places.accommodation,
    capacity.contracted,
    capacity.available
FROM capacity
INNER JOIN codes__youth_establishment AS places ON places.code = capacity.establishment
