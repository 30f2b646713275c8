SELECT
  CAST(SUBSTRING(c._period, 1, 4) || '-12-31' AS DATE) AS stock_date,
  c.court,
  c.latest AS open_cases
FROM crown_court__court AS c
UNION ALL
SELECT
  CAST(CAST(CAST(SUBSTRING(c._period, 1, 4) AS INT) - 1 AS VARCHAR) || '-12-31' AS DATE) AS stock_date,
  c.court,
  c.year_ago AS open_cases
FROM crown_court__court AS c
