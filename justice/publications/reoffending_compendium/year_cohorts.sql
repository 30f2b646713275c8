-- Offenders of the cohorts of calendar years, each once a year (CR-YEAR-COHORT): of the cohorts of twelve months those that
-- end with December.

SELECT
    person, cohort_end, disposal, ho_class, prison, sex, previous_band, reoffences
FROM reoffending_cohorts
WHERE EXTRACT(QUARTER FROM cohort_end) = 4
