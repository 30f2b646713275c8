-- Hearings in magistrates' courts that were listed as trials, by what became of them: one row a listing (CR-TRIAL).

SELECT case_no, hearing_no, hearing_date, trial_outcome, _supplier AS region
FROM libra__mc_hearing
WHERE listed_as_trial
