-- Possession claims that led to an order, each once, by its first order (CR-ORDER).
--
-- An order refused is no order. Of two orders made on one day the one entered first counts.

WITH made AS (
    SELECT
        claim_number, event_date, event_type, event_court,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY event_date, event_seq, event_type) AS place
    FROM caseman__claim_event
    WHERE event_type IN ('ORDER_OUTRIGHT', 'ORDER_SUSPENDED')
)

SELECT
    claims.claim,
    claims.issue_date,
    claims.possession_type,
    claims.local_authority,
    claims.court,
    made.event_date AS order_date,
    CASE WHEN made.event_type = 'ORDER_OUTRIGHT' THEN 'OUTRIGHT' ELSE 'SUSPENDED' END AS order_kind
FROM claims
INNER JOIN made ON made.claim_number = claims.claim AND made.place = 1
