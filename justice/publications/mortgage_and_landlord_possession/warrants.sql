-- Possession claims that led to a warrant of possession, each once, by the issue of its first warrant (CR-WARRANT).
--
-- Warrants of other kinds (execution, delivery, committal) do not count.

WITH issued AS (
    SELECT
        claim_number, event_date,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY event_date, event_seq) AS place
    FROM caseman__claim_event
    WHERE event_type = 'WARRANT_POSS'
)

SELECT
    claims.claim,
    claims.issue_date,
    claims.possession_type,
    claims.local_authority,
    claims.court,
    issued.event_date AS warrant_date
FROM claims
INNER JOIN issued ON issued.claim_number = claims.claim AND issued.place = 1
