-- Offenders of every cohort of twelve months that ends with a quarter, each once a cohort, by the first index event in it
-- (CR-INDEX), with the offences committed in the twelve months after that event and proven in the eighteen months
-- after it (CR-REOFFENCE). An offender is in up to four cohorts, since one begins each quarter; an offence of the day of
-- the event itself is no re-offence. Age is by year and month of birth.

WITH counted AS (
    SELECT
        event.person, event.event_date, event.disposal, event.seriousness, event.ho_class, event.prison, event.event,
        EXTRACT(YEAR FROM event.event_date) * 4 + EXTRACT(QUARTER FROM event.event_date) - 1 + later.quarters AS cohort
    FROM index_events AS event
    CROSS JOIN (
        SELECT 0 AS quarters
        UNION ALL
        SELECT 1 AS quarters
        UNION ALL
        SELECT 2 AS quarters
        UNION ALL
        SELECT 3 AS quarters
    ) AS later
),

first_events AS (
    SELECT person, event_date, disposal, ho_class, prison, event, cohort
    FROM (
        SELECT
            person, event_date, disposal, ho_class, prison, event, cohort,
            ROW_NUMBER() OVER (PARTITION BY person, cohort ORDER BY event_date, seriousness, event) AS place
        FROM counted
    ) AS in_order
    WHERE place = 1
),

followed AS (
    SELECT
        first_events.person,
        first_events.cohort,
        SUM(
            CASE
                WHEN proven.offence_start > first_events.event_date
                    AND proven.offence_start <= first_events.event_date + INTERVAL '12' MONTH
                    AND proven.proven_date <= first_events.event_date + INTERVAL '18' MONTH
                    THEN 1
                ELSE 0
            END
        ) AS reoffences,
        SUM(
            CASE
                WHEN proven.serious
                    AND proven.offence_start > first_events.event_date
                    AND proven.offence_start <= first_events.event_date + INTERVAL '12' MONTH
                    AND proven.proven_date <= first_events.event_date + INTERVAL '18' MONTH
                    THEN 1
                ELSE 0
            END
        ) AS serious_reoffences,
        SUM(CASE WHEN proven.proven_date < first_events.event_date THEN 1 ELSE 0 END) AS previous
    FROM first_events
    LEFT JOIN proven_offences AS proven ON proven.person = first_events.person
    GROUP BY first_events.person, first_events.cohort
),

aged AS (
    SELECT
        first_events.person, first_events.event_date, first_events.disposal, first_events.ho_class,
        first_events.prison, first_events.cohort, known.sex, known.ethnic_appearance,
        EXTRACT(YEAR FROM first_events.event_date) - known.birth_year
            - CASE WHEN EXTRACT(MONTH FROM first_events.event_date) < known.birth_month THEN 1 ELSE 0 END AS age
    FROM first_events
    LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = first_events.person
)

SELECT
    aged.person,
    CAST(
        CAST(CAST(FLOOR(aged.cohort / 4) AS INT) AS VARCHAR)
        || CASE aged.cohort % 4 WHEN 0 THEN '-03-31' WHEN 1 THEN '-06-30' WHEN 2 THEN '-09-30' ELSE '-12-31' END
        AS DATE
    ) AS cohort_end,
    aged.event_date,
    aged.disposal,
    aged.ho_class,
    aged.prison,
    aged.sex,
    aged.ethnic_appearance,
    aged.age,
    CASE
        WHEN aged.age < 12 THEN '10_11'
        WHEN aged.age < 15 THEN '12_14'
        WHEN aged.age < 18 THEN '15_17'
        WHEN aged.age < 21 THEN '18_20'
        WHEN aged.age < 25 THEN '21_24'
        WHEN aged.age < 30 THEN '25_29'
        WHEN aged.age < 35 THEN '30_34'
        WHEN aged.age < 40 THEN '35_39'
        WHEN aged.age < 45 THEN '40_44'
        WHEN aged.age < 50 THEN '45_49'
        WHEN aged.age >= 50 THEN '50_PLUS'
    END AS age_band,
    followed.previous,
    CASE
        WHEN followed.previous = 0 THEN '0'
        WHEN followed.previous <= 2 THEN '1_2'
        WHEN followed.previous <= 6 THEN '3_6'
        WHEN followed.previous <= 10 THEN '7_10'
        WHEN followed.previous <= 14 THEN '11_14'
        ELSE '15_PLUS'
    END AS previous_band,
    followed.reoffences,
    followed.serious_reoffences
FROM aged
INNER JOIN followed ON followed.person = aged.person AND followed.cohort = aged.cohort
