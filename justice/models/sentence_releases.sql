-- Releases from a sentence of custody, a row each, by reason (CR-RELEASE). Bail, acquittal, appeal, a paid fine, deportation, escape,
-- hospital and death are none.

SELECT
    movement.book_id,
    movement.movement_seq,
    movement.movement_date AS released_on,
    prisoner.sex,
    movement.reason,
    movement.reason IN ('HR', 'HU') AS on_curfew
FROM nomis_iis__movement AS movement
INNER JOIN nomis_iis__booking AS booking ON booking.book_id = movement.book_id
LEFT JOIN nomis_iis__prisoner AS prisoner ON prisoner.noms_no = booking.noms_no
WHERE
    movement.movement_type = 'REL'
    AND movement.reason IN ('CR', 'HR', 'HU', 'PX', 'NP', 'SC', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6')
