-- Disposals under the Children Act: one row an order, a refusal, an order of no order or a withdrawal, and a child
-- (CR-FAM-DISPOSAL). An interim order is no disposal, and is told apart.

WITH held AS (
    SELECT
        event.event, event.case_number, event.case_type, event.event_model, event.business_date, kinds.kind,
        court.parent AS region
    FROM familyman__event AS event
    INNER JOIN codes__family_event_model AS kinds ON kinds.code = event.event_model
    LEFT JOIN codes__family_court AS court ON court.code = event.creating_court
    WHERE event.error = 'N' AND event.case_type IN ('P', 'C')
        AND kinds.kind IN ('order', 'refused', 'no_order', 'withdrawn')
),

what AS (
    SELECT
        held.event,
        orders.label AS order_name,
        CASE WHEN orders.kind = 'interim' THEN 'INTERIM' ELSE 'MADE' END AS disposal,
        orders.law
    FROM held
    INNER JOIN familyman__event_field AS field ON field.event = held.event AND field.field_model = 'ORD_OC'
    INNER JOIN codes__family_order AS orders ON orders.code = field.value
    WHERE held.kind = 'order'
    UNION ALL
    SELECT held.event, types.label AS order_name, 'WITHDRAWN' AS disposal, types.law
    FROM held
    INNER JOIN familyman__event_field AS field ON field.event = held.event AND field.field_model = 'G63_AT'
    INNER JOIN codes__family_application_type AS types ON ',' || field.value || ',' LIKE '%,' || types.code || ',%'
    WHERE held.kind = 'withdrawn'
    UNION ALL
    SELECT
        held.event, 'None' AS order_name,
        CASE held.kind WHEN 'refused' THEN 'REFUSED' ELSE 'NO_ORDER' END AS disposal,
        'private' AS law
    FROM held
    WHERE held.kind IN ('refused', 'no_order')
)

SELECT
    held.event,
    held.case_number,
    children.child,
    held.event_model,
    what.disposal,
    CASE WHEN held.case_type = 'C' OR what.law = 'public' THEN 'public' ELSE 'private' END AS law,
    held.business_date AS disposal_date,
    held.region,
    held.event || '-' || what.order_name AS order_id
FROM held
INNER JOIN (SELECT DISTINCT event, order_name, disposal, law FROM what) AS what ON what.event = held.event
INNER JOIN family_children AS children ON children.event = held.event
