-- A row for each employee of the National Offender Management Service in post at the end of March and each characteristic, with the
-- group that the employee declared; none where nothing was declared (CR-EQ-DECLARED). Sex and age are always known.

WITH counted AS (
    SELECT
        staff.month,
        staff.employee_no,
        staff.sex,
        ethnicity.parent AS ethnic_group,
        staff.disability,
        staff.religion,
        staff.sexual_orientation,
        staff.age
    FROM noms_staff AS staff
    LEFT JOIN (SELECT DISTINCT code, parent FROM codes__ethnicity) AS ethnicity ON ethnicity.code = staff.ethnicity
    WHERE staff.counted AND EXTRACT(MONTH FROM staff.month) = 3
)

SELECT month, employee_no, 'SEX' AS characteristic, CASE WHEN sex IN ('1', '2') THEN 'SEX_' || sex END AS group_code
FROM counted
UNION ALL
SELECT month, employee_no, 'ETHNICITY' AS characteristic, CASE WHEN ethnic_group <> 'N' THEN 'ETHNICITY_' || ethnic_group END AS group_code
FROM counted
UNION ALL
SELECT
    month, employee_no, 'DISABILITY' AS characteristic,
    CASE WHEN disability <> 'NOT_DECLARED' THEN 'DISABILITY_' || disability END AS group_code
FROM counted
UNION ALL
SELECT
    month, employee_no, 'RELIGION' AS characteristic,
    CASE WHEN religion <> 'NOT_DECLARED' THEN 'RELIGION_' || religion END AS group_code
FROM counted
UNION ALL
SELECT
    month, employee_no, 'SEXUAL_ORIENTATION' AS characteristic,
    CASE WHEN sexual_orientation <> 'NOT_DECLARED' THEN 'ORIENTATION_' || sexual_orientation END AS group_code
FROM counted
UNION ALL
SELECT month, employee_no, 'AGE' AS characteristic, CASE WHEN age < 40 THEN 'AGE_UNDER_40' ELSE 'AGE_40_PLUS' END AS group_code
FROM counted
