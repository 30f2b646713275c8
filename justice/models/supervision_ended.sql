-- A row for each community order, suspended sentence order or licence that ended (CR-PROB-ENDED).
--
-- successful: it ran its course, or was ended early for good progress. What ended by a death, or went on in another trust, is
-- left out: its end says nothing of how it went.

SELECT
    trust,
    supervision_type,
    termination_date,
    termination_reason,
    termination_reason IN ('COMPLETED', 'COMPLETED_EARLY_GOOD') AS successful
FROM probation__supervision
WHERE
    termination_date IS NOT NULL
    AND supervision_type IN ('CO', 'SSO', 'POST_RELEASE')
    AND termination_reason NOT IN ('DEATH', 'TRANSFER')
