-- Occasions on which offences were proven on the Police National Computer, a row each, by the principal offence (as
-- CR-POR): a caution, reprimand or warning, or a court's finding of guilt. With what the person had before (CR-HISTORY):
-- earlier proven occasions that the extract holds, and those with a lower number that it does not hold. Of an identity
-- that was merged into another the occasions are the other's. Age is by year and month of birth.

WITH ranked AS (
    SELECT
        proven.person, proven.pnc_id, proven.occasion_no, proven.occasion_type, proven.proven_date, proven.force_owner,
        offence.cjs_code, offence.ho_class,
        CASE WHEN disposal.suspended THEN 'SUSPENDED' ELSE result.sentence END AS sentence,
        CASE disposal.duration_unit
            WHEN 'D' THEN disposal.duration
            WHEN 'W' THEN disposal.duration * 7
            WHEN 'M' THEN disposal.duration * 30
            WHEN 'Y' THEN disposal.duration * 365
        END AS days,
        ROW_NUMBER() OVER (
            PARTITION BY proven.pnc_id, proven.occasion_no
            ORDER BY
                CASE WHEN disposal.suspended THEN 2 ELSE COALESCE(CAST(kind.rank AS INT), 9) END,
                CASE disposal.duration_unit
                    WHEN 'L' THEN 100000
                    WHEN 'D' THEN disposal.duration
                    WHEN 'W' THEN disposal.duration * 7
                    WHEN 'M' THEN disposal.duration * 30
                    WHEN 'Y' THEN disposal.duration * 365
                    ELSE 0
                END DESC,
                COALESCE(disposal.amount, 0) DESC,
                COALESCE(CAST(longest.custody_days AS INT), 0) DESC,
                proven.offence_seq,
                disposal.disposal_seq
        ) AS place
    FROM proven_offences AS proven
    INNER JOIN pnc__pnc_offence AS offence
        ON offence.pnc_id = proven.pnc_id
        AND offence.occasion_no = proven.occasion_no
        AND offence.offence_seq = proven.offence_seq
    LEFT JOIN pnc__pnc_disposal AS disposal
        ON disposal.pnc_id = proven.pnc_id
        AND disposal.occasion_no = proven.occasion_no
        AND disposal.offence_seq = proven.offence_seq
    LEFT JOIN codes__court_result AS result ON result.code = disposal.disposal
    LEFT JOIN codes__sentence_type AS kind ON kind.code = result.sentence
    LEFT JOIN codes__offence_maximum AS longest ON longest.code = offence.cjs_code
),

not_held AS (
    SELECT first_held.person, SUM(first_held.lowest - 1) AS occasions
    FROM (
        SELECT COALESCE(pnc_identity.person, occasion.pnc_id) AS person, MIN(occasion.occasion_no) AS lowest
        FROM pnc__pnc_occasion AS occasion
        LEFT JOIN pnc_identity ON pnc_identity.pnc_id = occasion.pnc_id
        GROUP BY COALESCE(pnc_identity.person, occasion.pnc_id), occasion.pnc_id
    ) AS first_held
    GROUP BY first_held.person
),

with_history AS (
    SELECT
        ranked.person, ranked.pnc_id, ranked.occasion_no, ranked.occasion_type, ranked.proven_date, ranked.force_owner,
        ranked.cjs_code, ranked.ho_class, ranked.sentence, ranked.days,
        CAST(not_held.occasions AS INT) - 1 + ROW_NUMBER() OVER (
            PARTITION BY ranked.person ORDER BY ranked.proven_date, ranked.pnc_id, ranked.occasion_no
        ) AS previous
    FROM ranked
    INNER JOIN not_held ON not_held.person = ranked.person
    WHERE ranked.place = 1
)

SELECT
    history.person,
    history.pnc_id,
    history.occasion_no,
    history.occasion_type,
    history.proven_date,
    history.force_owner AS police_force,
    listed_force.parent AS region,
    history.cjs_code,
    history.ho_class,
    CASE WHEN history.occasion_type = 'COURT' THEN COALESCE(history.sentence, 'OTHER') ELSE 'CAUTION' END AS outcome,
    CASE WHEN history.sentence = 'CUSTODY' THEN history.days END AS custody_days,
    known.sex,
    known.ethnic_appearance,
    EXTRACT(YEAR FROM history.proven_date) - known.birth_year
        - CASE WHEN EXTRACT(MONTH FROM history.proven_date) < known.birth_month THEN 1 ELSE 0 END AS age,
    history.previous,
    CASE
        WHEN history.previous = 0 THEN '0'
        WHEN history.previous <= 2 THEN '1_2'
        WHEN history.previous <= 6 THEN '3_6'
        WHEN history.previous <= 10 THEN '7_10'
        WHEN history.previous <= 14 THEN '11_14'
        ELSE '15_PLUS'
    END AS previous_band
FROM with_history AS history
LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = history.person
LEFT JOIN codes__police_force AS listed_force ON listed_force.code = history.force_owner
