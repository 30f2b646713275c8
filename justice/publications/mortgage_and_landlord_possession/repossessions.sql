-- Possession claims that led to a repossession by county court bailiffs, each once, by its first repossession (CR-REPO).
--
-- Properties given up or left beforehand, and those enforced in the High Court, are not in the county courts' records.

WITH carried_out AS (
    SELECT
        claim_number, event_date,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY event_date, event_seq) AS place
    FROM caseman__claim_event
    WHERE event_type = 'REPOSSESSION'
)

SELECT
    claims.claim,
    claims.issue_date,
    claims.possession_type,
    claims.local_authority,
    claims.court,
    carried_out.event_date AS repossession_date
FROM claims
INNER JOIN carried_out ON carried_out.claim_number = claims.claim AND carried_out.place = 1
