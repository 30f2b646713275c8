-- Judgments, enforcement and hearings of county court claims, each entry once (CR-CC-EVENT), with the days since issue.
--
-- A claim can have several warrants, orders and hearings; each counts. `first_of_kind` tells the first of a claim.

SELECT
    entered.claim_number AS claim,
    entered.event_type,
    entered.event_date,
    court.hmcts_region AS region,
    DATE_DIFF('day', claims.issue_date, entered.event_date) AS days_from_issue,
    ROW_NUMBER() OVER (
        PARTITION BY
            entered.claim_number,
            CASE WHEN entered.event_type IN ('TRIAL_FAST', 'TRIAL_MULTI') THEN 'TRIAL' ELSE entered.event_type END
        ORDER BY entered.event_date, entered.event_seq
    ) = 1 AS first_of_kind
FROM (
    SELECT
        claim_number, event_seq, event_type, event_date, event_court,
        ROW_NUMBER() OVER (PARTITION BY claim_number, event_seq ORDER BY _period DESC, _row DESC) AS place
    FROM caseman__claim_event
) AS entered
LEFT JOIN county_court_claims AS claims ON claims.claim = entered.claim_number
LEFT JOIN codes__court AS court ON court.code = entered.event_court
WHERE entered.place = 1
