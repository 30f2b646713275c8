SELECT
  a.quarter_end,
  a.age,
  a.place >= 8 AS year_or_more,
  a.cases
FROM crown_court__age AS a
