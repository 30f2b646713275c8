-- Appeals on immigration and asylum and on social security and child support, each once (CR-TRIB-APPEAL).
--
-- An appeal is decided if a tribunal allowed or dismissed it, found for the appellant or upheld the decision. Withdrawn,
-- lapsed, struck out and invalid ones are disposed of and not decided. A kind that is not told counts as other.

SELECT
    source_system,
    case_ref,
    jurisdiction,
    COALESCE(appeal_type, CASE WHEN jurisdiction = 'FTTIAC' THEN 'DEPORT_OTHER' ELSE 'OTHER' END) AS appeal_type,
    received_date,
    disposal_date,
    COALESCE(outcome IN ('ALLOWED', 'DISMISSED', 'FOUND_FOR_APPELLANT', 'UPHELD'), FALSE) AS decided,
    COALESCE(outcome IN ('ALLOWED', 'FOUND_FOR_APPELLANT'), FALSE) AS in_favour
FROM tribunal_cases
WHERE jurisdiction IN ('FTTIAC', 'SSCS')
