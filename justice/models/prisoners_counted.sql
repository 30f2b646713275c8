-- Prisoners at a count, a row a prisoner and count, with their age in bands (CR-PRISONERS). The kinds of count (each Friday, the last
-- Friday of the month, the last day of the quarter) stand side by side: a figure is made of one kind alone.

SELECT
    snapshot_kind,
    snapshot_date,
    noms_no,
    establishment,
    custody_type,
    CASE WHEN custody_type = 'SENTENCED' THEN sentence_length END AS sentence_length,
    offence_group,
    sex,
    ethnicity,
    CASE
        WHEN age < 18 THEN '10_17'
        WHEN age < 21 THEN '18_20'
        WHEN age < 40 THEN '21_39'
        WHEN age < 60 THEN '40_59'
        ELSE '60_PLUS'
    END AS age_band
FROM nomis_iis__snapshot_population
