-- Offenders of the data share by the first event of each kind that they had as an adult in each year (CR-SHARE-INDEX).
-- place_in_time counts months from the year 0, so that months can be set against each other; last_place is the last
-- month that the share tells of. Weeks of employment are those of the tax year of the event, and of the one after it.

WITH adult AS (
    SELECT
        event.study_person, event.event_kind, event.event_month, event.age_band,
        CAST(SUBSTRING(event.event_month, 1, 4) AS INT) AS event_year,
        CAST(SUBSTRING(event.event_month, 6, 2) AS INT) AS month_of_year,
        ROW_NUMBER() OVER (
            PARTITION BY event.study_person, event.event_kind, SUBSTRING(event.event_month, 1, 4)
            ORDER BY event.event_month, event.event_no
        ) AS place
    FROM linked__share_event AS event
    INNER JOIN codes__reoffending_age_band AS band ON band.code = event.age_band AND band.parent = 'ADULT'
),

placed AS (
    SELECT
        study_person, event_kind, age_band,
        CAST(event_month || '-01' AS DATE) AS event_date,
        event_year * 12 + month_of_year AS place_in_time,
        CASE WHEN month_of_year >= 4 THEN event_year ELSE event_year - 1 END AS tax_year
    FROM adult
    WHERE place = 1
),

employed AS (
    SELECT study_person, weeks_band, CAST(SUBSTRING(tax_year, 1, 4) AS INT) AS tax_year
    FROM linked__share_employment
)

SELECT
    placed.study_person, placed.event_kind, placed.age_band, person.sex, person.ethnicity, placed.event_date,
    placed.place_in_time,
    CAST(ending.value AS INT) * 12 + 12 AS last_place,
    COALESCE(same_year.weeks_band, 'NONE') AS weeks_same_year,
    COALESCE(next_year.weeks_band, 'NONE') AS weeks_next_year,
    (placed.tax_year + 2) * 12 + 3 <= CAST(ending.value AS INT) * 12 + 12 AS next_year_is_whole
FROM placed
INNER JOIN linked__share_person AS person ON person.study_person = placed.study_person
INNER JOIN codes__linked_limits AS ending ON ending.code = 'SHARE_LAST'
LEFT JOIN employed AS same_year
    ON same_year.study_person = placed.study_person AND same_year.tax_year = placed.tax_year
LEFT JOIN employed AS next_year
    ON next_year.study_person = placed.study_person AND next_year.tax_year = placed.tax_year + 1
