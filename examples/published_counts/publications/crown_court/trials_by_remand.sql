SELECT
  r.quarter_end,
  r.remand,
  r.age,
  r.place >= 8 AS year_or_more,
  r.cases
FROM crown_court__remand AS r
