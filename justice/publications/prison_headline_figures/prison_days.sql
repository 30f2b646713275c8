-- A row for each prison and day: prisoners at its end, and who came and went (CR-PRISON-DAY).
--
-- NOMIS where it counts the prison's day, else the Inmate Information System. Days are counted back from the last day
-- that the month has.

SELECT
    establishment, day, population, receptions, releases, escapes, back
FROM (
    SELECT
        establishment, day, population, receptions, releases, escapes, place,
        DATE_DIFF(
            'day', day, MAX(day) OVER (PARTITION BY EXTRACT(YEAR FROM day), EXTRACT(MONTH FROM day))
        ) AS back
    FROM (
        SELECT
            establishment, day, population, receptions, releases, escapes,
            ROW_NUMBER() OVER (PARTITION BY establishment, day ORDER BY system DESC) AS place
        FROM nomis_iis__daily_population
    ) AS both_systems
) AS counted_back
WHERE place = 1
