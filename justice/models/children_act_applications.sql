-- Applications under the Children Act: one row an application, a type of order and a child (CR-FAM-APPLICATION, CR-FAM-CHILD).
--
-- `again` marks a further application for the same child, type of order and year: the first one issued stands, and a
-- further one only where there was none.

SELECT
    event, case_number, child, order_type, law, care, region, application_date,
    event || '-' || order_type AS order_applied_for,
    ROW_NUMBER() OVER (
        PARTITION BY case_number, child, order_type, EXTRACT(YEAR FROM application_date)
        ORDER BY CASE event_model WHEN 'U22' THEN 1 ELSE 2 END, application_date, event
    ) > 1 AS again
FROM (
    SELECT
        applied.event, applied.case_number, children.child, applied.order_type, applied.law, applied.care,
        applied.region, applied.application_date, applied.event_model
    FROM family_applied AS applied
    INNER JOIN family_children AS children ON children.event = applied.event
    WHERE applied.case_type IN ('P', 'C') AND applied.type_law IN ('public', 'private')
) AS by_child
