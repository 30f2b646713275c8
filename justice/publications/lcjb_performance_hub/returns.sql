-- A row for each recall, with the day on which the time to be back in custody ended and whether it was met (CR-RETURN).
--
-- Hours are those of the code list recall_type (target_hours): change them here when they change there.

SELECT
    recall_id,
    police_force,
    target,
    CAST(due_at AS DATE) AS due_date,
    COALESCE(returned_at <= due_at, FALSE) AS in_time
FROM (
    SELECT
        recall_id, police_force, returned_at,
        CASE WHEN recall_type = 'EMERGENCY' THEN 'EMERGENCY' ELSE 'STANDARD' END AS target,
        CASE
            WHEN recall_type = 'EMERGENCY' THEN revoked_at + INTERVAL '74' HOUR
            ELSE revoked_at + INTERVAL '144' HOUR
        END AS due_at
    FROM ppud__recall
    WHERE revoked_at IS NOT NULL
) AS with_target
