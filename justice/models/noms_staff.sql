-- A row for each assignment of an employee of the National Offender Management Service who is in post at the end of a month
-- (CR-STAFF-NOMS). counted: whether it is the employee's main one, by which the employee counts once.
--
-- In post is who has no last day, or whose last day is that of the month or later: as the payroll counts.

SELECT
    staff.month,
    'NOMS' AS body,
    staff.employee_no,
    staff.nino,
    staff.primary_assignment AS counted,
    staff.fte,
    staff.sex,
    staff.ethnicity,
    staff.disability,
    staff.religion,
    staff.sexual_orientation,
    staff.age,
    staff.grade,
    grade.level,
    staff.role_family,
    staff.region,
    staff.contract,
    staff.salary_band
FROM oracle_hrms__staff AS staff
LEFT JOIN codes__staff_grade AS grade ON grade.code = staff.grade
WHERE staff.leave_date IS NULL OR staff.leave_date + INTERVAL '1' DAY >= staff.month + INTERVAL '1' MONTH
