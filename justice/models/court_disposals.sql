-- What courts ordered of those whom they sentenced, a row each order, up to four an occasion (CR-DISP): the principal
-- sentence, and a fine, compensation or disqualification from driving beside it, all for the principal offence.

SELECT court, case_ref, def_no, region, offence_code, dealt_with_date, sentence AS disposal, TRUE AS is_principal
FROM court_occasions
WHERE sentenced
UNION ALL
SELECT court, case_ref, def_no, region, offence_code, dealt_with_date, 'FINE' AS disposal, FALSE AS is_principal
FROM court_occasions
WHERE sentenced AND sentence <> 'FINE' AND fine > 0
UNION ALL
SELECT
    court, case_ref, def_no, region, offence_code, dealt_with_date, 'COMPENSATION' AS disposal, FALSE AS is_principal
FROM court_occasions
WHERE sentenced AND compensation > 0
UNION ALL
SELECT
    court, case_ref, def_no, region, offence_code, dealt_with_date, 'DISQUALIFICATION' AS disposal, FALSE AS is_principal
FROM court_occasions
WHERE sentenced AND disqual_days > 0
