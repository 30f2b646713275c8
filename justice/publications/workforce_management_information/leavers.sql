-- A row for each employee of the National Offender Management Service who left, by the last day (CR-STAFF-LEAVERS).
--
-- A leaver is in the extract of the month of leaving; if one is told again in a later one, the last word counts.

SELECT employee_no, leave_date, leave_reason, grade, region
FROM (
    SELECT
        employee_no, leave_date, leave_reason, grade, region,
        ROW_NUMBER() OVER (PARTITION BY employee_no ORDER BY month DESC, assignment_no) AS place
    FROM oracle_hrms__staff
    WHERE primary_assignment AND leave_date IS NOT NULL
) AS told
WHERE place = 1
