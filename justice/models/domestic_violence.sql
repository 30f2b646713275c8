-- Domestic violence: one row an order applied for, an order made or a power of arrest (CR-FAM-VIOLENCE).
--
-- An application without notice is ex parte. Applications of general form and undertakings do not count. FamilyMan does not
-- hold which of the two kinds of order was made.

SELECT
    event, event AS application, application_date AS event_date, region,
    CASE WHEN order_type IN ('ENM', 'ONM') THEN 'NON_MOLESTATION' ELSE 'OCCUPATION' END AS step,
    order_type IN ('ENM', 'EO') AS without_notice
FROM family_applied
WHERE type_law = 'domestic_violence' AND order_type IN ('ENM', 'ONM', 'EO', 'ONO')
UNION ALL
SELECT
    event.event, CAST(NULL AS VARCHAR) AS application, event.business_date AS event_date, court.parent AS region,
    CASE WHEN event.event_model = 'FL406' THEN 'POWER_OF_ARREST' ELSE 'ORDER_MADE' END AS step,
    FALSE AS without_notice
FROM familyman__event AS event
LEFT JOIN codes__family_court AS court ON court.code = event.creating_court
WHERE event.event_model IN ('FL404', 'FL404B', 'FL406') AND event.error = 'N'
