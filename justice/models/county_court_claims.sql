-- Claims issued in county courts, each claim number once (CR-CC-CLAIM).
--
-- CaseMan is master; a claim that Possession Claim Online alone holds is added as the possession claim that it is, so that
-- possession claims here and in Mortgage and Landlord Possession Statistics are the same.

WITH held AS (
    SELECT
        claim_number, issue_date, claim_type, issue_channel, court_code, track, allocation_date, defence_date,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY issue_date, court_code, claim_type) AS place
    FROM caseman__claim
),

online AS (
    SELECT
        claim_number, issue_date, court_code,
        CASE WHEN claim_type = 'MORTGAGE_ARREARS' THEN 'POSS_MORT' ELSE 'POSS_LL' END AS claim_type,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY issue_date, submitted_at, court_code) AS place
    FROM pcol__pcol_claim
),

merged AS (
    SELECT
        COALESCE(held.claim_number, online.claim_number) AS claim,
        COALESCE(held.issue_date, online.issue_date) AS issue_date,
        COALESCE(held.claim_type, online.claim_type) AS claim_type,
        COALESCE(held.issue_channel, 'PCOL') AS issue_channel,
        COALESCE(held.court_code, online.court_code) AS court_code,
        held.track,
        held.allocation_date,
        held.defence_date
    FROM (SELECT * FROM held WHERE place = 1) AS held
    FULL OUTER JOIN (SELECT * FROM online WHERE place = 1) AS online ON online.claim_number = held.claim_number
)

SELECT
    merged.claim,
    merged.issue_date,
    merged.claim_type,
    merged.issue_channel,
    merged.court_code AS court,
    court.hmcts_region AS region,
    merged.track,
    merged.allocation_date,
    merged.defence_date
FROM merged
LEFT JOIN codes__court AS court ON court.code = merged.court_code
