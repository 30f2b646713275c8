-- Occasions on which a court convicted somebody, a row each, by the principal offence and sentence, with what the person had
-- on the Police National Computer before (CR-CONVICTED, CR-HISTORY).

SELECT
    person,
    proven_date,
    cjs_code,
    outcome AS sentence,
    sex,
    CASE WHEN age < 18 THEN 'JUVENILE' WHEN age < 21 THEN 'YOUNG_ADULT' WHEN age >= 21 THEN 'ADULT' END AS age_group,
    previous,
    previous_band
FROM proven_occasions
WHERE occasion_type = 'COURT'
