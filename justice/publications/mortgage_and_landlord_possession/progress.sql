-- Every possession claim with the dates of its first order, warrant and repossession, and the days until then
-- (CR-TIMELINESS, CR-COHORT). Days are calendar days from issue.

SELECT
    claims.claim,
    claims.issue_date,
    claims.possession_type,
    orders.order_date,
    warrants.warrant_date,
    repossessions.repossession_date,
    DATE_DIFF('day', claims.issue_date, orders.order_date) AS days_to_order,
    DATE_DIFF('day', claims.issue_date, warrants.warrant_date) AS days_to_warrant,
    DATE_DIFF('day', claims.issue_date, repossessions.repossession_date) AS days_to_repossession
FROM claims
LEFT JOIN orders ON orders.claim = claims.claim
LEFT JOIN warrants ON warrants.claim = claims.claim
LEFT JOIN repossessions ON repossessions.claim = claims.claim
