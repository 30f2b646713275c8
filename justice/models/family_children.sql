-- Children of family cases: those of the case, and those that an application or an order names (CR-FAM-CHILD).
--
-- One row a child and an event. An event that names no child concerns all children of its case whose role was not deleted.

WITH on_case AS (
    SELECT case_number, role
    FROM familyman__role
    WHERE role_model IN ('CHLDC', 'CHLDZ') AND delete_flag = 'N'
),

named AS (
    SELECT DISTINCT event.event, on_case.role
    FROM familyman__event AS event
    INNER JOIN familyman__event_field AS field
        ON field.event = event.event AND field.field_model IN ('U22_CH', 'G50_CH', 'ORD_CH')
    INNER JOIN on_case ON on_case.case_number = event.case_number AND on_case.role = field.role
)

SELECT event, role AS child
FROM named
UNION ALL
SELECT event.event, on_case.role AS child
FROM familyman__event AS event
INNER JOIN on_case ON on_case.case_number = event.case_number
LEFT JOIN (SELECT DISTINCT event FROM named) AS has_names ON has_names.event = event.event
WHERE has_names.event IS NULL
