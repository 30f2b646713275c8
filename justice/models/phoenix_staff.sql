-- A row for each assignment of an employee in Phoenix who is in post at the end of a month (CR-STAFF-PHOENIX). counted: whether it
-- is the employee's main one, by which the employee counts once.
--
-- In post is who has no last day, or whose last day is that of the month or later. Managers enter leavers late, so that some
-- count for a month in which they had left.

SELECT
    month,
    business_group AS body,
    employee_no,
    nino,
    primary_assignment AS counted,
    fte,
    sex,
    ethnicity,
    disability,
    religion,
    sexual_orientation,
    age,
    grade,
    responsibility_level AS level,
    role_family,
    region,
    contract,
    salary_band
FROM phoenix__staff
WHERE leave_date IS NULL OR leave_date + INTERVAL '1' DAY >= month + INTERVAL '1' MONTH
