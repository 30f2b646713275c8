-- A row for each employee in post at the end of March and each group of each characteristic: whether the employee has declared the
-- characteristic and belongs to the group (CR-EQ-REPRESENTATION).
--
-- A characteristic that too few have declared has no rows. The share that must be exceeded is in the code list staff_limits (DECLARED).

WITH enough AS (
    SELECT told.month, told.characteristic
    FROM characteristics AS told
    CROSS JOIN (SELECT CAST(value AS DOUBLE) AS share FROM codes__staff_limits WHERE code = 'DECLARED') AS least
    GROUP BY told.month, told.characteristic, least.share
    HAVING CAST(COUNT(told.group_code) AS DOUBLE) / COUNT(*) > least.share
)

SELECT
    told.month,
    told.employee_no,
    possible.code AS equality_group,
    COALESCE(told.group_code = possible.code, FALSE) AS belongs
FROM characteristics AS told
INNER JOIN enough ON enough.month = told.month AND enough.characteristic = told.characteristic
INNER JOIN codes__staff_equality_group AS possible ON possible.parent = told.characteristic
WHERE told.group_code IS NOT NULL
