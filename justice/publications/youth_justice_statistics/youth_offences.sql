-- A row for each proven offence by a young person, and for the years of aggregate returns a row for each team, quarter and
-- group of offences; offences says how many the row stands for (CR-YJ-OFFENCES).
--
-- Every offence that led to a disposal counts, not the principal one alone. It counts in the quarter whose return tells of
-- it, which is that of the disposal: quarter is the first day of that.

SELECT quarter, yot, dim1 AS offence_type, number AS offences
FROM themis_cells
WHERE measure = 'OFFENCES'
UNION ALL
SELECT
    CAST(
        SUBSTRING(_period, 1, 4)
        || CASE SUBSTRING(_period, 6, 1) WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END
        AS DATE
    ) AS quarter,
    yot,
    offence_type,
    1 AS offences
FROM yjmis__offence
