-- A row for each requirement of an accredited programme, as IAPS told it last, with what it has come to (CR-PROG).
--
-- begun: the first session was attended. ended: completed, or known not to be completed any more.

SELECT
    requirement_id,
    trust,
    programme,
    order_type,
    sex,
    COALESCE(ethnicity, 'NS') AS ethnicity,
    referral_date,
    start_date,
    completion_date,
    status,
    noncompletion_reason,
    COALESCE(targeting_met, FALSE) AS targeted,
    status IN ('COMPLETED', 'NOT_COMPLETED') AS ended
FROM iaps__requirement
