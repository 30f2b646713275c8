-- Steps of matrimonial cases, each once a case: the petition, the decree nisi and the decree absolute, with the days since the
-- petition (CR-FAM-DIVORCE).

WITH steps AS (
    SELECT case_number, step, event_date, region
    FROM (
        SELECT
            case_number, step, event_date, region,
            ROW_NUMBER() OVER (PARTITION BY case_number, step ORDER BY event_date, event) AS place
        FROM (
            SELECT event, case_number, application_date AS event_date, region, 'PETITION' AS step
            FROM family_applied
            WHERE type_law = 'matrimonial'
            UNION ALL
            SELECT
                event.event, event.case_number, event.business_date AS event_date, court.parent AS region,
                CASE WHEN event.event_model = 'D84' THEN 'NISI' ELSE 'ABSOLUTE' END AS step
            FROM familyman__event AS event
            LEFT JOIN codes__family_court AS court ON court.code = event.creating_court
            WHERE event.event_model IN ('D84', 'D37') AND event.error = 'N'
        ) AS every_step
    ) AS by_date
    WHERE place = 1
)

SELECT
    steps.case_number,
    steps.step,
    steps.event_date,
    steps.region,
    DATE_DIFF('day', petition.event_date, steps.event_date) AS days_from_petition
FROM steps
LEFT JOIN steps AS petition ON petition.case_number = steps.case_number AND petition.step = 'PETITION'
