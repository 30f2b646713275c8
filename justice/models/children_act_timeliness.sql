-- Time from application to first disposal under the Children Act: one row a case, a child and a type of order, by the earliest
-- application (CR-FAM-TIMELINESS).
--
-- `timed` are the eight types of order whose time is published by law; `care_child` marks one row a child of care
-- proceedings, that is with an application for a care or a supervision order.

WITH issued AS (
    SELECT event, MIN(CAST(value AS DATE)) AS issue_date
    FROM familyman__event_field
    WHERE field_model = 'FM2C_DI'
    GROUP BY event
),

first_of_type AS (
    SELECT case_number, child, order_type, law, care, region, started
    FROM (
        SELECT
            applied.case_number, applied.child, applied.order_type, applied.law, applied.care, applied.region,
            CASE
                WHEN issued.issue_date < applied.application_date THEN issued.issue_date
                ELSE applied.application_date
            END AS started,
            ROW_NUMBER() OVER (
                PARTITION BY applied.case_number, applied.child, applied.order_type
                ORDER BY applied.application_date, applied.event
            ) AS place
        FROM children_act_applications AS applied
        LEFT JOIN issued ON issued.event = applied.event
    ) AS by_date
    WHERE place = 1
),

with_end AS (
    SELECT
        first_of_type.case_number, first_of_type.child, first_of_type.order_type, first_of_type.law,
        first_of_type.care, first_of_type.region, first_of_type.started, MIN(disposals.disposal_date) AS disposal_date
    FROM first_of_type
    INNER JOIN children_act_disposals AS disposals
        ON disposals.case_number = first_of_type.case_number
        AND disposals.child = first_of_type.child
        AND disposals.law = first_of_type.law
        AND disposals.disposal_date >= first_of_type.started
    WHERE disposals.disposal <> 'INTERIM'
        AND disposals.event_model NOT IN ('C21', 'C27', 'C30', 'C31', 'C33', 'C35B', 'C44', 'C45A', 'C45B', 'C46A', 'C47', 'C48', 'C49')
    GROUP BY
        first_of_type.case_number, first_of_type.child, first_of_type.order_type, first_of_type.law,
        first_of_type.care, first_of_type.region, first_of_type.started
)

SELECT
    with_end.case_number,
    with_end.child,
    with_end.order_type,
    with_end.law,
    with_end.region,
    with_end.started,
    with_end.disposal_date,
    DATE_DIFF('day', with_end.started, with_end.disposal_date) AS days,
    with_end.order_type IN ('CRO', 'DCO', 'SGO', 'PR', 'RES', 'CN', 'PS', 'SI') AS timed,
    with_end.care AND ROW_NUMBER() OVER (
        PARTITION BY with_end.case_number, with_end.child, with_end.care ORDER BY with_end.started, with_end.order_type
    ) = 1 AS care_child,
    represented.representation
FROM with_end
LEFT JOIN family_representation AS represented ON represented.case_number = with_end.case_number
