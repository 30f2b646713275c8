SELECT
  c.year_ending,
  c.police_force,
  c.offence,
  c.ethnicity,
  c.age,
  c.sex,
  c.arrests
FROM arrests__cell AS c
