-- Spells on benefits of the data share, with months as numbers from the year 0; one without an end goes on for ever
-- (CR-SHARE-CLAIMING).

SELECT
    spell.study_person, spell.benefit,
    benefit.parent = 'OUT_OF_WORK' AS out_of_work,
    CAST(SUBSTRING(spell.start_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(spell.start_month, 6, 2) AS INT) AS first_place,
    COALESCE(
        CAST(SUBSTRING(spell.end_month, 1, 4) AS INT) * 12 + CAST(SUBSTRING(spell.end_month, 6, 2) AS INT), 999999
    ) AS last_place
FROM linked__share_benefit AS spell
INNER JOIN codes__share_benefit AS benefit ON benefit.code = spell.benefit
