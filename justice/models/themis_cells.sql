-- A row for each cell of an aggregate return of a youth offending team, up to March 2009; quarter is the first day of the quarter.
--
-- Where a measure is divided, its parts are rows and the total that the team declared (ALL) is none: it is there to be checked
-- at the door. Indicators (KPI) are not divided: their one cell is a row, with a percentage.

SELECT
    CAST(
        SUBSTRING(themis.quarter, 1, 4)
        || CASE SUBSTRING(themis.quarter, 6, 1) WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END
        AS DATE
    ) AS quarter,
    themis.yot,
    themis.measure,
    themis.dim1,
    themis.dim2,
    themis.count AS number,
    themis.percent
FROM themis__yot_return AS themis
WHERE themis.dim1 <> 'ALL' OR themis.percent IS NOT NULL
