-- A row for each person, notice or count at a stage of the criminal justice system, with sex (CR-WOMEN-STAGE): as
-- CR-PND, CR-CAUTION, CR-POR, CR-AVERAGE-POPULATION and CR-STAFF-NOMS count them.
--
-- Prisoners and staff are those of each month, a twelfth of a person each, so that a year adds up to their average.

SELECT 'NOTICE' AS stage, issue_date AS stage_date, sex AS sex, CAST(issued AS DOUBLE) AS people
FROM penalty_notices
UNION ALL
SELECT 'CAUTION' AS stage, proven_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM cautions
UNION ALL
SELECT 'PROSECUTED' AS stage, dealt_with_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM court_occasions
WHERE proceeded_against
UNION ALL
SELECT 'CONVICTED' AS stage, dealt_with_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM court_occasions
WHERE convicted
UNION ALL
SELECT 'SENTENCED' AS stage, dealt_with_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM court_occasions
WHERE sentenced
UNION ALL
SELECT 'CUSTODY' AS stage, dealt_with_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM court_occasions
WHERE sentence = 'CUSTODY'
UNION ALL
SELECT 'SUPERVISED' AS stage, start_date AS stage_date, sex AS sex, CAST(1 AS DOUBLE) AS people
FROM probation__supervision
WHERE supervision_type IN ('CO', 'SSO')
UNION ALL
SELECT 'PRISONER' AS stage, snapshot_date AS stage_date, sex AS sex, share_of_year AS people
FROM prisoners_by_month
UNION ALL
SELECT 'STAFF' AS stage, month AS stage_date, sex AS sex, CAST(1 AS DOUBLE) / 12 AS people
FROM noms_staff
WHERE counted
