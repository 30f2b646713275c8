-- A row for each assignment of an employee of the Ministry of Justice, the National Offender Management Service among it, who is
-- in post at the end of a month (CR-STAFF-MOJ). counted: whether the employee counts by it.
--
-- One employee (by National Insurance number) with main assignments in both systems counts once, by the one in ORACLE HRMS, and
-- with the full-time equivalent of that alone.

WITH moved AS (
    SELECT month, nino
    FROM noms_staff
    WHERE counted
)

SELECT
    month, body, employee_no, counted, fte, sex, COALESCE(ethnicity, 'NS') AS ethnicity,
    COALESCE(disability, 'NOT_DECLARED') AS disability, grade, level, role_family, region, contract,
    CAST(salary_band AS VARCHAR) AS salary_band,
    CASE WHEN fte < 1 THEN 'PART' ELSE 'FULL' END AS pattern,
    CASE
        WHEN age < 20 THEN '16_19'
        WHEN age < 30 THEN '20_29'
        WHEN age < 40 THEN '30_39'
        WHEN age < 50 THEN '40_49'
        WHEN age < 60 THEN '50_59'
        WHEN age < 65 THEN '60_64'
        ELSE '65_PLUS'
    END AS age_band
FROM noms_staff
UNION ALL
SELECT
    phoenix.month, phoenix.body, phoenix.employee_no, phoenix.counted, phoenix.fte, phoenix.sex,
    COALESCE(phoenix.ethnicity, 'NS') AS ethnicity, COALESCE(phoenix.disability, 'NOT_DECLARED') AS disability, phoenix.grade,
    phoenix.level, phoenix.role_family, phoenix.region, phoenix.contract,
    CAST(phoenix.salary_band AS VARCHAR) AS salary_band,
    CASE WHEN phoenix.fte < 1 THEN 'PART' ELSE 'FULL' END AS pattern,
    CASE
        WHEN phoenix.age < 20 THEN '16_19'
        WHEN phoenix.age < 30 THEN '20_29'
        WHEN phoenix.age < 40 THEN '30_39'
        WHEN phoenix.age < 50 THEN '40_49'
        WHEN phoenix.age < 60 THEN '50_59'
        WHEN phoenix.age < 65 THEN '60_64'
        ELSE '65_PLUS'
    END AS age_band
FROM phoenix_staff AS phoenix
LEFT JOIN moved ON moved.month = phoenix.month AND moved.nino = phoenix.nino
WHERE moved.nino IS NULL
