-- Each index event at each month of the follow-up: whether the share reaches so far, and whether the offender claimed
-- an out-of-work benefit in that month (CR-SHARE-CLAIMING).

WITH claimed AS (
    SELECT DISTINCT event.study_person, event.event_kind, event.place_in_time, point.code
    FROM share_index AS event
    INNER JOIN share_spells AS spell ON spell.study_person = event.study_person
    CROSS JOIN codes__share_follow_up AS point
    WHERE
        spell.out_of_work
        AND spell.first_place <= event.place_in_time + CAST(point.months AS INT)
        AND spell.last_place >= event.place_in_time + CAST(point.months AS INT)
)

SELECT
    event.study_person, event.event_kind, event.age_band, event.sex, event.ethnicity, event.event_date,
    event.weeks_same_year, event.weeks_next_year, event.next_year_is_whole,
    point.code AS follow_up,
    event.place_in_time + CAST(point.months AS INT) <= event.last_place AS followed,
    claimed.code IS NOT NULL AS claimed
FROM share_index AS event
CROSS JOIN codes__share_follow_up AS point
LEFT JOIN claimed
    ON claimed.study_person = event.study_person
    AND claimed.event_kind = event.event_kind
    AND claimed.place_in_time = event.place_in_time
    AND claimed.code = point.code
