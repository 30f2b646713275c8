-- Possession claims issued in county courts, each claim number once (CR-CLAIM, CR-MERGE).
--
-- CaseMan is master; Possession Claim Online says that a claim was made online, and stands in for a claim that CaseMan
-- does not hold. The local authority is that of the property, never that of the court.

WITH county_court AS (
    SELECT
        claim_number, issue_date, possession_subtype, court_code, property_la,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY issue_date, court_code, possession_subtype) AS place
    FROM caseman__claim
    WHERE claim_type IN ('POSS_MORT', 'POSS_LL')
),

online AS (
    SELECT
        claim_number, issue_date, court_code, property_la,
        CASE
            WHEN claim_type = 'MORTGAGE_ARREARS' THEN 'MORTGAGE'
            WHEN claimant_type IN ('LOCAL_AUTH', 'RSL') THEN 'SOCIAL'
            ELSE 'PRIVATE'
        END AS possession_subtype,
        ROW_NUMBER() OVER (PARTITION BY claim_number ORDER BY issue_date, submitted_at, court_code) AS place
    FROM pcol__pcol_claim
)

SELECT
    COALESCE(county_court.claim_number, online.claim_number) AS claim,
    COALESCE(county_court.issue_date, online.issue_date) AS issue_date,
    COALESCE(county_court.possession_subtype, online.possession_subtype) AS possession_type,
    COALESCE(county_court.property_la, online.property_la) AS local_authority,
    COALESCE(county_court.court_code, online.court_code) AS court,
    online.claim_number IS NOT NULL AS made_online
FROM (SELECT * FROM county_court WHERE place = 1) AS county_court
FULL OUTER JOIN (SELECT * FROM online WHERE place = 1) AS online
    ON online.claim_number = county_court.claim_number
