-- Outcomes of recordable offences on the Police National Computer, a row each offence, in the month in which it was dealt
-- with, by the force that the record belongs to (CR-OUTCOME). An offence that a court found proven has the heaviest of its
-- disposals as its outcome. A court's offence on which nothing is recorded yet has none, and is left out.

WITH ranked AS (
    SELECT
        occasion.occasion_date,
        occasion.force_owner,
        offence.cjs_code,
        CASE
            WHEN occasion.occasion_type = 'PND' THEN 'PND'
            WHEN occasion.occasion_type <> 'COURT' THEN 'CAUTION'
            WHEN offence.adjudication = 'NOT_GUILTY' THEN 'NOT_GUILTY'
            WHEN offence.adjudication = 'NON_CONVICTION' THEN 'NO_CONVICTION'
            WHEN disposal.suspended THEN 'SUSPENDED'
            WHEN offence.adjudication = 'GUILTY' THEN COALESCE(result.sentence, 'OTHER')
        END AS outcome,
        ROW_NUMBER() OVER (
            PARTITION BY offence.pnc_id, offence.occasion_no, offence.offence_seq
            ORDER BY
                CASE WHEN disposal.suspended THEN 2 ELSE COALESCE(CAST(kind.rank AS INT), 9) END, disposal.disposal_seq
        ) AS place
    FROM pnc__pnc_offence AS offence
    INNER JOIN pnc__pnc_occasion AS occasion
        ON occasion.pnc_id = offence.pnc_id AND occasion.occasion_no = offence.occasion_no
    LEFT JOIN pnc__pnc_disposal AS disposal
        ON disposal.pnc_id = offence.pnc_id
        AND disposal.occasion_no = offence.occasion_no
        AND disposal.offence_seq = offence.offence_seq
    LEFT JOIN codes__court_result AS result ON result.code = disposal.disposal
    LEFT JOIN codes__sentence_type AS kind ON kind.code = result.sentence
    WHERE offence.recordable
)

SELECT occasion_date, force_owner AS police_force, cjs_code, outcome
FROM ranked
WHERE place = 1 AND outcome IS NOT NULL
