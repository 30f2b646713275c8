-- Cases of the Crown Court, each once, as last told of (CR-CROWN-CASE).

SELECT
    court_code, case_no, case_type, receipt_date, disposal_date, main_hearing_start, hearing_minutes,
    _supplier AS region
FROM crest__cc_case
