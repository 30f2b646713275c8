-- Benefits in the month before a sentence to custody, with whether the claim went on in the month after it
-- (CR-SHARE-CUSTODY). Of the last month of the share nobody knows how it went on, and no claim of it is said to.

SELECT
    event.study_person, event.event_date, event.age_band, event.sex, spell.benefit,
    event.place_in_time + 1 <= event.last_place AND MAX(spell.last_place) >= event.place_in_time + 1 AS goes_on
FROM share_index AS event
INNER JOIN share_spells AS spell ON spell.study_person = event.study_person
WHERE
    event.event_kind = 'CUSTODY'
    AND spell.first_place <= event.place_in_time - 1
    AND spell.last_place >= event.place_in_time - 1
GROUP BY
    event.study_person, event.event_date, event.age_band, event.sex, spell.benefit, event.place_in_time, event.last_place
