-- Recalls from licence, a row each, with whether the offender came back to custody, and in how many hours' target (CR-RECALL).
-- Targets by type of recall are in the code list recall_type (target_hours), counted from the revocation of the licence.

SELECT
    recall.recall_id,
    CAST(recall.decided_at AS DATE) AS recalled_on,
    recall.recall_type,
    recall.reason,
    recall.police_force,
    recall.probation_trust,
    offender.sex,
    recall.returned_at IS NOT NULL AS returned,
    COALESCE(recall.returned_at <= recall.revoked_at + CAST(kind.target_hours AS INT) * INTERVAL '1' HOUR, FALSE) AS in_time
FROM ppud__recall AS recall
INNER JOIN codes__recall_type AS kind ON kind.code = recall.recall_type
LEFT JOIN ppud__offender AS offender ON offender.ppud_id = recall.ppud_id
