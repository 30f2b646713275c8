-- A row for each employee in Phoenix in post at the end of a month, with what the summary counts (CR-QDS-DECLARED).
--
-- Of an ethnic minority is who declared an ethnic group other than White.

SELECT
    staff.month,
    staff.employee_no,
    staff.sex = '2' AS woman,
    COALESCE(ethnicity.parent <> 'N', FALSE) AS ethnicity_declared,
    COALESCE(ethnicity.parent NOT IN ('N', 'W'), FALSE) AS minority,
    COALESCE(staff.disability <> 'NOT_DECLARED', FALSE) AS disability_declared,
    COALESCE(staff.disability = 'DECLARED', FALSE) AS disabled
FROM phoenix_staff AS staff
LEFT JOIN (SELECT DISTINCT code, parent FROM codes__ethnicity) AS ethnicity ON ethnicity.code = staff.ethnicity
WHERE staff.counted
