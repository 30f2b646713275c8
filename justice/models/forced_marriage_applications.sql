-- Applications for forced marriage protection orders, one row each (CR-FMPO).

SELECT case_number, application_seq, application_date, applicant_type, subject_age_group
FROM fmpo__fmpo_application
