-- Defendants whose cases for trial were disposed of in the Crown Court, one row each, by plea, and by remand at the start
-- (CR-PLEA, CR-WAITING).
--
-- A plea is guilty if it is so to every count, and not guilty if it is so to any; counts without a plea leave none.

SELECT
    kase.court_code,
    kase.case_no,
    defendant.def_no,
    kase.case_type,
    kase.region,
    dealt_with.disposal_date,
    CASE
        WHEN dealt_with.not_guilty > 0 THEN 'NG'
        WHEN dealt_with.guilty = dealt_with.counts THEN 'G'
        WHEN dealt_with.guilty > 0 THEN 'PART'
        ELSE 'NONE'
    END AS plea,
    CASE
        WHEN defendant.remand_status IN ('CB', 'UB') THEN 'BAIL'
        WHEN defendant.remand_status IN ('PB', 'PR') THEN 'CUSTODY'
        ELSE 'OTHER'
    END AS remand,
    DATE_DIFF('day', kase.receipt_date, kase.main_hearing_start) AS days_waited,
    kase.hearing_minutes
FROM (
    SELECT
        court_code, case_no, def_no, MAX(disposal_date) AS disposal_date, COUNT(*) AS counts,
        SUM(CASE WHEN plea = 'G' THEN 1 ELSE 0 END) AS guilty,
        SUM(CASE WHEN plea = 'NG' THEN 1 ELSE 0 END) AS not_guilty
    FROM crest__cc_count
    GROUP BY court_code, case_no, def_no
    HAVING COUNT(*) = COUNT(disposal_date)
) AS dealt_with
INNER JOIN crown_cases AS kase ON kase.court_code = dealt_with.court_code AND kase.case_no = dealt_with.case_no
INNER JOIN crest__cc_defendant AS defendant
    ON defendant.court_code = dealt_with.court_code
    AND defendant.case_no = dealt_with.case_no
    AND defendant.def_no = dealt_with.def_no
WHERE kase.case_type IN ('TRIAL_INDICTABLE', 'TRIAL_EITHERWAY')
