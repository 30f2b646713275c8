-- Occasions on which a criminal court passed a sentence, a row each, by the principal sentence of the principal offence
-- (CR-POR).

SELECT
    court, case_ref, def_no, region, dealt_with_date, offence_code, sentence, custody_days, life, fine, sex, ethnicity,
    age_group
FROM court_occasions
WHERE sentenced
