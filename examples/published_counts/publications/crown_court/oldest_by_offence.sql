SELECT
  o.quarter_end,
  o.offence,
  o.year_or_more
FROM crown_court__offence AS o
