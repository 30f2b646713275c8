-- Receptions into prison, a row each, with the type of custody that the reason of admission tells (CR-FIRST). Transfers, stopovers and
-- recaptures are none: which reasons are receptions is in the code list movement_reason. A prisoner counts once in a period for a type
-- of custody and once in all, however often received: measures tell prisoners apart by their number.

SELECT
    movement.book_id,
    movement.movement_seq,
    movement.movement_date AS received_on,
    booking.noms_no,
    prisoner.sex,
    CASE movement.reason
        WHEN 'N' THEN 'UNTRIED'
        WHEN 'V' THEN 'UNSENTENCED'
        WHEN 'F' THEN 'FINE'
        WHEN 'C' THEN 'CIVIL'
        WHEN 'E' THEN 'IMMIGRATION'
        ELSE 'SENTENCED'
    END AS custody_type,
    reason.recall = 'yes' AS on_recall
FROM nomis_iis__movement AS movement
INNER JOIN codes__movement_reason AS reason ON reason.code = movement.reason
INNER JOIN nomis_iis__booking AS booking ON booking.book_id = movement.book_id
LEFT JOIN nomis_iis__prisoner AS prisoner ON prisoner.noms_no = booking.noms_no
WHERE movement.direction = 'IN' AND movement.movement_type = 'ADM' AND reason.reception = 'yes'
