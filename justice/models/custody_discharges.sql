-- Discharges from a sentence of custody, each once, with the length of the longest sentence served under the booking and
-- the person of the Police National Computer (CR-DISCHARGE). Releases on bail, on appeal, by deportation or by death are
-- none. A prisoner is matched who has a number of the Police National Computer that its extract holds.

WITH lengths AS (
    SELECT
        sentence.book_id,
        MAX(CASE WHEN status.indeterminate = 'yes' THEN 1 ELSE 0 END) AS for_life,
        MAX(
            COALESCE(sentence.term_years, 0) * 365 + COALESCE(sentence.term_months, 0) * 30
            + COALESCE(sentence.term_days, 0)
        ) AS days
    FROM nomis_iis__sentence AS sentence
    LEFT JOIN codes__imprisonment_status AS status ON status.code = sentence.imprisonment_status
    GROUP BY sentence.book_id
)

SELECT
    movement.book_id,
    movement.movement_seq,
    movement.movement_date AS discharge_date,
    movement.from_agy AS prison,
    booking.noms_no,
    prisoner.sex,
    known.pnc_id IS NOT NULL AS matched,
    CASE WHEN known.pnc_id IS NOT NULL THEN COALESCE(pnc_identity.person, prisoner.pnc_id) END AS person,
    CASE
        WHEN lengths.for_life = 1 THEN 'CUSTODY_LIFE'
        WHEN COALESCE(lengths.days, 0) = 0 THEN 'CUSTODY_UNKNOWN'
        WHEN lengths.days <= 183 THEN 'CUSTODY_6M'
        WHEN lengths.days < 360 THEN 'CUSTODY_12M'
        WHEN lengths.days < 4 * 365 THEN 'CUSTODY_4Y'
        ELSE 'CUSTODY_LONG'
    END AS disposal
FROM nomis_iis__movement AS movement
INNER JOIN nomis_iis__booking AS booking ON booking.book_id = movement.book_id
LEFT JOIN nomis_iis__prisoner AS prisoner ON prisoner.noms_no = booking.noms_no
LEFT JOIN pnc_identity ON pnc_identity.pnc_id = prisoner.pnc_id
LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = COALESCE(pnc_identity.person, prisoner.pnc_id)
LEFT JOIN lengths ON lengths.book_id = movement.book_id
WHERE movement.movement_type = 'REL'
    AND movement.reason IN ('CR', 'HR', 'HU', 'PX', 'NP', 'SC', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6')
