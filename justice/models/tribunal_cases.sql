-- Cases of tribunals as each system last told of them, each once (CR-TRIB-CASE): appeals, applications and claims.
--
-- Systems have told of cases since April 2010. One that was received before is told of only if it was disposed of since, so
-- that it has no date on which it counts as received. Days are calendar days from receipt to disposal (CR-TRIB-AGE). The
-- claims of a multiple have one lead in common and are one case; a single claim is its own (CR-TRIB-MULTIPLE).

SELECT
    source_system,
    case_ref,
    chamber_jurisdiction AS jurisdiction,
    appeal_type,
    CASE WHEN receipt_date >= DATE '2010-04-01' THEN receipt_date END AS received_date,
    disposal_date,
    outcome,
    CASE WHEN multiple_ref IS NULL THEN 'SINGLE' ELSE 'MULTIPLE' END AS claim_kind,
    COALESCE(multiple_ref, case_ref) AS lead_claim,
    DATE_DIFF('day', receipt_date, disposal_date) AS days,
    COALESCE(disposal_stage = 'AT_HEARING', FALSE) AS at_hearing
FROM tribunals__trib_case
