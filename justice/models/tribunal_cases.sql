-- Cases of tribunals as each system last told of them, each once (CR-TRIB-CASE): appeals, applications and claims.
--
-- Days are calendar days from receipt to disposal (CR-TRIB-AGE). The claims of a multiple have one lead in common and are
-- one case; a single claim is its own (CR-TRIB-MULTIPLE). An appeal is decided if a tribunal allowed or dismissed it, found
-- for the appellant or upheld the decision; withdrawn, lapsed and struck out ones are disposed of and not decided.

SELECT
    source_system,
    case_ref,
    chamber_jurisdiction AS jurisdiction,
    appeal_type,
    receipt_date,
    disposal_date,
    disposal_stage,
    outcome,
    CASE WHEN multiple_ref IS NULL THEN 'SINGLE' ELSE 'MULTIPLE' END AS claim_kind,
    COALESCE(multiple_ref, case_ref) AS lead_claim,
    DATE_DIFF('day', receipt_date, disposal_date) AS days,
    COALESCE(disposal_stage = 'AT_HEARING', FALSE) AS at_hearing,
    COALESCE(outcome IN ('ALLOWED', 'DISMISSED', 'FOUND_FOR_APPELLANT', 'UPHELD'), FALSE) AS decided,
    COALESCE(outcome IN ('ALLOWED', 'FOUND_FOR_APPELLANT'), FALSE) AS in_favour
FROM tribunals__trib_case
