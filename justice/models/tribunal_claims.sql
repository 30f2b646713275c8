-- Claims to Employment Tribunals, each once.

SELECT source_system, case_ref, claim_kind, lead_claim, received_date, disposal_date, days
FROM tribunal_cases
WHERE jurisdiction = 'ET'
