-- First-time entrants to the youth justice system, a row each person (CR-FTE): aged 10 to 17 on the day of the first
-- caution, reprimand, warning or conviction, by the force that the record belongs to.

SELECT person, proven_date, occasion_type, police_force, region, cjs_code, sex, CAST(age AS VARCHAR) AS age
FROM proven_occasions
WHERE previous = 0 AND age BETWEEN 10 AND 17
