-- A row for each prisoner and last Friday of a month (CR-PRISON-FNP, CR-PRISON-RELIGION).
--
-- Codes that the lists of nationalities and religions do not hold are other ones; what is not recorded stays so.

SELECT
    who.snapshot_date,
    who.custody_type,
    who.sex,
    CASE WHEN who.nationality IS NOT NULL THEN COALESCE(country.code, 'OTHER') END AS nationality,
    COALESCE(who.nationality <> 'GBR', FALSE) AS is_foreign,
    CASE WHEN who.religion IS NOT NULL THEN COALESCE(belief.code, 'OTHER') END AS religion
FROM nomis_iis__snapshot_population AS who
LEFT JOIN codes__prisoner_nationality AS country ON country.code = who.nationality
LEFT JOIN codes__prisoner_religion AS belief ON belief.code = who.religion
WHERE who.snapshot_kind = 'MONTHLY'
