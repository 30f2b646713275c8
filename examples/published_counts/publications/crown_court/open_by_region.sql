SELECT
  r.quarter_end,
  r.region,
  r.valid_cases,
  r.year_or_more
FROM crown_court__region AS r
WHERE r.level = 'region'
