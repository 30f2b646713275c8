-- Claims of offenders that were open in a month for which all claims are counted (CR-SHARE-OPEN).

SELECT
    whole.benefit, spell.study_person, CAST(whole.claim_month || '-01' AS DATE) AS claim_date
FROM linked__share_claims AS whole
INNER JOIN share_spells AS spell ON spell.benefit = whole.benefit
WHERE
    spell.first_place
    <= CAST(SUBSTRING(whole.claim_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(whole.claim_month, 6, 2) AS INT)
    AND spell.last_place
    >= CAST(SUBSTRING(whole.claim_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(whole.claim_month, 6, 2) AS INT)
