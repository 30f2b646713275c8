-- Occasions in criminal courts, a row each: a defendant in a case on one day, by the principal offence (CR-POR). Of the
-- offences of which the defendant was convicted the one with the heaviest sentence stands for all: by the kind of
-- sentence, then by its length or amount; committal to the Crown Court for sentence counts as heavier than any sentence
-- by magistrates. If there was no conviction, an offence sent to the Crown Court comes first. Ties go to the offence with
-- the longest sentence that the law allows, and then to the first on the list.

WITH ranked AS (
    SELECT
        court, case_ref, def_no, region, offence_code, dealt_with_date, sent_on, convicted, sentence, custody_days, life,
        fine, compensation, disqual_days,
        ROW_NUMBER() OVER (
            PARTITION BY court, case_ref, def_no, dealt_with_date
            ORDER BY
                CASE WHEN convicted OR sentence IS NOT NULL THEN 0 WHEN sent_on THEN 1 ELSE 2 END,
                CASE WHEN convicted AND sent_on THEN 0 ELSE COALESCE(sentence_rank, 9) END,
                CASE WHEN life THEN 0 ELSE 1 END,
                COALESCE(custody_days, 0) DESC,
                COALESCE(fine, 0) DESC,
                longest_days DESC,
                seq
        ) AS place
    FROM court_offences
),

people AS (
    SELECT
        'MAGISTRATES' AS court, case_no AS case_ref, def_id AS def_no, sex, ethnicity, remand_status, age, youth
    FROM (
        SELECT
            case_no, def_id, sex, ethnicity, remand_status, age, youth,
            ROW_NUMBER() OVER (PARTITION BY case_no, def_id ORDER BY _period DESC, _row DESC) AS place
        FROM libra__mc_defendant
    ) AS defendant
    WHERE place = 1
    UNION ALL
    SELECT
        'CROWN' AS court, court_code || '/' || case_no AS case_ref, def_no, sex, ethnicity,
        COALESCE(remand_at_disposal, remand_status) AS remand_status, age, FALSE AS youth
    FROM crest__cc_defendant
)

SELECT
    ranked.court,
    ranked.case_ref,
    ranked.def_no,
    ranked.region,
    ranked.dealt_with_date,
    ranked.offence_code,
    ranked.court = 'MAGISTRATES' AS proceeded_against,
    ranked.convicted,
    ranked.sentence IS NOT NULL AS sentenced,
    ranked.sentence,
    ranked.custody_days,
    ranked.life,
    ranked.fine,
    ranked.compensation,
    ranked.disqual_days,
    people.sex,
    people.ethnicity,
    people.remand_status,
    CASE
        WHEN people.age < 18 THEN 'JUVENILE'
        WHEN people.age < 21 THEN 'YOUNG_ADULT'
        WHEN people.age >= 21 THEN 'ADULT'
        WHEN people.youth THEN 'JUVENILE'
    END AS age_group
FROM ranked
LEFT JOIN people
    ON people.court = ranked.court AND people.case_ref = ranked.case_ref AND people.def_no = ranked.def_no
WHERE ranked.place = 1
