-- A row for each employee of the National Offender Management Service who is in post in the Senior Civil Service at the end of a
-- month, with the band of the salary (CR-STAFF-SENIOR).

SELECT month, employee_no, role_family, CAST(salary_band AS VARCHAR) AS salary_band
FROM noms_staff
WHERE counted AND level = 'SCS'
