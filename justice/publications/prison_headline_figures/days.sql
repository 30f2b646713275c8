-- Days of prisons by how many days before the last day of the month they were (CR-PRISON-DAY): the last 28 of them, so
-- that months of any length have the same rows.

SELECT establishment, day, population, receptions, releases, CAST(back AS VARCHAR) AS days_before
FROM prison_days
WHERE back < 28
