-- Hearings in the Crown Court that were listed as trials, by what became of them: one row a listing (CR-TRIAL).

SELECT
    court_code, case_no, hearing_no, hearing_date, trial_outcome, _supplier AS region
FROM crest__cc_hearing
WHERE listed_as_trial
