-- Appeals to the Employment Appeal Tribunal, each once.

SELECT jurisdiction, case_ref, received_date, disposal_date, outcome, at_hearing
FROM tribunal_cases
WHERE jurisdiction = 'EAT'
