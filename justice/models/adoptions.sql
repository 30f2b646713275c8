-- Adoption: one row a child and an application for adoption or an order that was made (CR-FAM-ADOPTION), each once a case.

SELECT case_number, child, step, event_date, region
FROM (
    SELECT
        every_step.case_number, children.child, every_step.step, every_step.event_date, every_step.region,
        ROW_NUMBER() OVER (
            PARTITION BY every_step.case_number, children.child, every_step.step
            ORDER BY every_step.event_date, every_step.event
        ) AS place
    FROM (
        SELECT event, case_number, application_date AS event_date, region, 'APPLICATION' AS step
        FROM family_applied
        WHERE order_type = 'ADO'
        UNION ALL
        SELECT
            event.event, event.case_number, event.business_date AS event_date, court.parent AS region,
            'ORDER' AS step
        FROM familyman__event AS event
        INNER JOIN codes__family_event_model AS kinds ON kinds.code = event.event_model AND kinds.kind = 'order'
        LEFT JOIN codes__family_court AS court ON court.code = event.creating_court
        WHERE event.case_type IN ('A', 'Z') AND event.error = 'N'
    ) AS every_step
    INNER JOIN family_children AS children ON children.event = every_step.event
) AS by_date
WHERE place = 1
