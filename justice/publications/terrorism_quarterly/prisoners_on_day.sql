-- Prisoners on the last day of a quarter, each once, with the Act on terrorism that they are charged or were convicted under in
-- a booking that was open on that day; null for all others. Of two Acts the earlier counts.

WITH charged AS (
    SELECT booking.noms_no, booking.booking_begin, booking.booking_end, listed.code AS act
    FROM nomis_iis__charge AS charge
    INNER JOIN nomis_iis__booking AS booking ON booking.book_id = charge.book_id
    INNER JOIN codes__terrorism_act AS listed ON listed.code = SUBSTRING(charge.offence_code, 1, 4)
)

SELECT
    snapshot.snapshot_date,
    snapshot.noms_no,
    snapshot.custody_type,
    snapshot.ethnicity,
    MIN(charged.act) AS act
FROM nomis_iis__snapshot_population AS snapshot
LEFT JOIN charged
    ON charged.noms_no = snapshot.noms_no
    AND charged.booking_begin <= snapshot.snapshot_date
    AND (charged.booking_end IS NULL OR charged.booking_end >= snapshot.snapshot_date)
WHERE snapshot.snapshot_kind = 'QUARTERLY'
GROUP BY snapshot.snapshot_date, snapshot.noms_no, snapshot.custody_type, snapshot.ethnicity
