-- A row for each spell of sickness of an employee, or part of one that the month's extract cut off, with the working days lost
-- (CR-MIA-SICKNESS).
--
-- A spell that was cut off is told again when it ends, with its first day: the last word counts.

SELECT employee_no, start_date, end_date, days_lost, reason
FROM (
    SELECT
        employee_no, start_date, end_date, days_lost, COALESCE(reason, 'UNKNOWN') AS reason,
        ROW_NUMBER() OVER (PARTITION BY employee_no, start_date ORDER BY _period DESC, _row DESC) AS place
    FROM oracle_hrms__absence
) AS told
WHERE place = 1
