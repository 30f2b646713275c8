-- Jurisdictional complaints of claims to Employment Tribunals, each head of a claim once (CR-TRIB-COMPLAINT).
--
-- A complaint is received with its claim; it is disposed of on a day of its own. One of a claim that is not known is of no
-- period of receipt.

SELECT
    complaint.source_system,
    complaint.case_ref,
    complaint.jurisdiction_code AS complaint,
    claim.claim_kind,
    claim.received_date,
    complaint.disposal_date,
    complaint.outcome
FROM tribunals__trib_complaint AS complaint
LEFT JOIN tribunal_claims AS claim
    ON claim.source_system = complaint.source_system AND claim.case_ref = complaint.case_ref
