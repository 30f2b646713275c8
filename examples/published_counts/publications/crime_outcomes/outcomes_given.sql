SELECT
  CAST(
    CASE c.quarter
      WHEN 1 THEN SUBSTRING(c.financial_year, 1, 4) || '-04-01'
      WHEN 2 THEN SUBSTRING(c.financial_year, 1, 4) || '-07-01'
      WHEN 3 THEN SUBSTRING(c.financial_year, 1, 4) || '-10-01'
      ELSE CAST(CAST(SUBSTRING(c.financial_year, 1, 4) AS INT) + 1 AS VARCHAR) || '-01-01'
    END AS DATE
  ) AS quarter_begins,
  c.police_force,
  c.subgroup,
  c.outcome,
  c.of_offences,
  c.in_quarter
FROM crime_outcomes__cell AS c
