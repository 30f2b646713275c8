-- A row for each youth offending team, quarter, sex and age of the aggregate returns: young people with a disposal in the quarter
-- (CR-YH-PEOPLE). Quarters are not added up to years: who had disposals in two of them is in both.

SELECT
    quarter,
    yot,
    dim1 AS sex,
    CASE WHEN dim2 IN ('AGE_15', 'AGE_16', 'AGE_17') THEN SUBSTRING(dim2, 5, 2) ELSE '10_14' END AS age_group,
    number
FROM themis_cells
WHERE measure = 'SANCTIONED'
