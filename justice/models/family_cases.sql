-- Cases of family courts by area of law, one row a case, with the day it started and, if it is over, the day it was closed
-- (CR-FAM-CASE). A case of children is private law if it applies for any order of private law.

WITH started AS (
    SELECT
        case_number,
        MIN(CASE case_type WHEN 'F' THEN 'domestic_violence' WHEN 'D' THEN 'matrimonial' WHEN 'P' THEN 'children'
            WHEN 'C' THEN 'children' ELSE 'adoption' END) AS letters,
        MAX(CASE WHEN law = 'private' THEN 1 ELSE 0 END) = 1 AS any_private,
        MIN(application_date) AS start_date,
        MIN(region) AS region
    FROM family_applied
    WHERE case_type NOT IN ('P', 'C') OR type_law IN ('public', 'private')
    GROUP BY case_number
),

orders AS (
    SELECT
        event.case_number, event.business_date, kinds.kind,
        CASE
            WHEN kinds.kind IN ('refused', 'no_order') THEN TRUE
            WHEN kinds.kind <> 'order' OR event.event_model = 'D84' THEN FALSE
            ELSE COALESCE(numbered.kind, 'final') = 'final'
        END AS is_final,
        (kinds.kind = 'order' AND numbered.kind = 'interim') OR event.event_model = 'D84' AS is_interim
    FROM familyman__event AS event
    INNER JOIN codes__family_event_model AS kinds ON kinds.code = event.event_model
    LEFT JOIN familyman__event_field AS field ON field.event = event.event AND field.field_model = 'ORD_OC'
    LEFT JOIN codes__family_order AS numbered ON numbered.code = field.value
    WHERE event.error = 'N'
),

last_ones AS (
    SELECT
        case_number,
        MAX(CASE WHEN is_final THEN business_date END) AS final_order,
        MAX(CASE WHEN is_interim THEN business_date END) AS interim_order,
        MAX(CASE WHEN kind = 'close' THEN business_date END) AS closed,
        MAX(CASE WHEN kind = 'reopen' THEN business_date END) AS opened_again
    FROM orders
    GROUP BY case_number
)

SELECT
    started.case_number,
    CASE
        WHEN started.letters <> 'children' THEN started.letters
        WHEN started.any_private THEN 'private'
        ELSE 'public'
    END AS law,
    started.start_date,
    CASE
        WHEN last_ones.final_order IS NOT NULL
            AND COALESCE(last_ones.interim_order <= last_ones.final_order, TRUE)
            AND COALESCE(last_ones.opened_again <= last_ones.final_order, TRUE)
            THEN last_ones.final_order
        WHEN last_ones.closed >= COALESCE(last_ones.interim_order, last_ones.closed)
            AND last_ones.closed >= COALESCE(last_ones.final_order, last_ones.closed)
            AND COALESCE(last_ones.opened_again < last_ones.closed, TRUE)
            THEN last_ones.closed
    END AS close_date,
    started.region
FROM started
LEFT JOIN last_ones ON last_ones.case_number = started.case_number
UNION ALL
SELECT
    fmpo.case_number, 'forced_marriage' AS law, fmpo.start_date, fmpo.conclude_date AS close_date, court.parent AS region
FROM fmpo__fmpo_case AS fmpo
LEFT JOIN codes__family_court AS court ON court.code = fmpo.court_code
