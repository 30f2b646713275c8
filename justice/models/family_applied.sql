-- What family applications ask for: one row an application and a type of order (CR-FAM-APPLICATION).
--
-- Types stand in one text with commas between them; a type that is named twice counts once. Entries marked as errors never
-- count. Under the Children Act an application is public law if its case is or if a type of order makes it so.

SELECT
    event.event,
    event.case_number,
    event.case_type,
    event.event_model,
    event.business_date AS application_date,
    court.parent AS region,
    types.code AS order_type,
    types.law AS type_law,
    types.care = 'Y' AS care,
    CASE WHEN event.case_type = 'C' OR types.law = 'public' THEN 'public' ELSE 'private' END AS law
FROM familyman__event AS event
INNER JOIN familyman__event_field AS field
    ON field.event = event.event AND field.field_model IN ('U22_AT', 'G50_AT')
INNER JOIN codes__family_application_type AS types ON ',' || field.value || ',' LIKE '%,' || types.code || ',%'
LEFT JOIN codes__family_court AS court ON court.code = event.creating_court
WHERE event.event_model IN ('U22', 'G50') AND event.error = 'N'
