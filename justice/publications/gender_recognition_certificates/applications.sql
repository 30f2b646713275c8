-- Applications to the Gender Recognition Panel, each once (CR-GRC-APPLICATION), with what became of them.

SELECT
    case_ref,
    jurisdiction,
    received_date,
    disposal_date,
    outcome,
    days
FROM tribunal_cases
WHERE jurisdiction = 'GRP'
