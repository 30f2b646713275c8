-- All claims of benefits that were open on the first day of a month (CR-SHARE-OPEN).

SELECT
    benefit, CAST(ROUND(claims_thousands * 1000) AS INT) AS claims, CAST(claim_month || '-01' AS DATE) AS claim_date
FROM linked__share_claims
