-- Offences dealt with by criminal courts, each once, on the day on which that court was done with it (CR-POR): in a
-- magistrates' court when proceedings ended there or went on to the Crown Court, in the Crown Court when the count was
-- disposed of. An offence told twice counts as it was told last. Breaches and appeals are no offences of their own.

WITH magistrates AS (
    SELECT
        'MAGISTRATES' AS court,
        offence.case_no AS case_ref,
        offence.def_id AS def_no,
        offence.seq,
        offence._supplier AS region,
        offence.offence_code,
        offence.category IN ('CI', 'CE') AS indictable,
        offence.verdict,
        offence.final_result AS result,
        offence.committed_to_cc_date IS NOT NULL AS sent_on,
        FALSE AS for_sentence,
        offence.custody_days,
        FALSE AS life,
        CAST(offence.fine AS DOUBLE) AS fine,
        CAST(offence.compensation AS DOUBLE) AS compensation,
        offence.disqual_days,
        offence.completion_date AS dealt_with_date
    FROM (
        SELECT
            case_no, def_id, seq, _supplier, offence_code, category, verdict, final_result, committed_to_cc_date,
            custody_days, fine, compensation, disqual_days, completion_date,
            ROW_NUMBER() OVER (PARTITION BY case_no, def_id, seq ORDER BY _period DESC, _row DESC) AS place
        FROM libra__mc_offence
        WHERE category <> 'CB'
    ) AS offence
    WHERE offence.place = 1 AND offence.completion_date IS NOT NULL
),

crown AS (
    SELECT
        'CROWN' AS court,
        tally.court_code || '/' || tally.case_no AS case_ref,
        tally.def_no,
        tally.count_no AS seq,
        defendant._supplier AS region,
        tally.offence_code,
        TRUE AS indictable,
        tally.verdict,
        tally.result,
        FALSE AS sent_on,
        kase.case_type = 'SENTENCE' AS for_sentence,
        tally.custody_days,
        COALESCE(tally.life, FALSE) AS life,
        CAST(tally.fine AS DOUBLE) AS fine,
        CAST(NULL AS DOUBLE) AS compensation,
        CAST(NULL AS INT) AS disqual_days,
        tally.disposal_date AS dealt_with_date
    FROM crest__cc_count AS tally
    INNER JOIN crest__cc_case AS kase ON kase.court_code = tally.court_code AND kase.case_no = tally.case_no
    INNER JOIN crest__cc_defendant AS defendant
        ON defendant.court_code = tally.court_code
        AND defendant.case_no = tally.case_no
        AND defendant.def_no = tally.def_no
    WHERE tally.disposal_date IS NOT NULL AND kase.case_type <> 'APPEAL'
),

both_courts AS (
    SELECT
        court, case_ref, def_no, seq, region, offence_code, indictable, verdict, result, sent_on, for_sentence,
        custody_days, life, fine, compensation, disqual_days, dealt_with_date
    FROM magistrates
    UNION ALL
    SELECT
        court, case_ref, def_no, seq, region, offence_code, indictable, verdict, result, sent_on, for_sentence,
        custody_days, life, fine, compensation, disqual_days, dealt_with_date
    FROM crown
)

-- A verdict of guilty, of this or of an alternative offence, convicts; where none is recorded, a sentence tells of one.
-- Who is committed for sentence was convicted by the magistrates, and is sentenced by the Crown Court.
SELECT
    both_courts.court,
    both_courts.case_ref,
    both_courts.def_no,
    both_courts.seq,
    both_courts.region,
    both_courts.offence_code,
    COALESCE(listed.notifiable = 'yes', both_courts.indictable) AS notifiable,
    both_courts.dealt_with_date,
    both_courts.sent_on,
    NOT both_courts.for_sentence
    AND COALESCE(both_courts.verdict IN ('G', 'NA'), result.sentence IS NOT NULL) AS convicted,
    CASE WHEN NOT both_courts.sent_on THEN result.sentence END AS sentence,
    CAST(kind.rank AS INT) AS sentence_rank,
    both_courts.custody_days,
    both_courts.life,
    both_courts.fine,
    both_courts.compensation,
    both_courts.disqual_days,
    COALESCE(CAST(longest.custody_days AS INT), 0) AS longest_days
FROM both_courts
LEFT JOIN codes__court_result AS result ON result.code = both_courts.result
LEFT JOIN codes__sentence_type AS kind ON kind.code = result.sentence
LEFT JOIN codes__cjs_offence AS listed ON listed.code = both_courts.offence_code
LEFT JOIN codes__offence_maximum AS longest ON longest.code = both_courts.offence_code
