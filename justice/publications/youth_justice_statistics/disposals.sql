-- A row for each disposal of a young person, and for the years of aggregate returns a row for each team, quarter and
-- disposal; disposals says how many the row stands for (CR-YJ-DISPOSALS).
--
-- A disposal is for its principal offence and counts once, however many offences it is for, on the day that it was made;
-- the day of aggregate returns is the first of their quarter. The tier is the one that the disposal has in the code list.

SELECT
    CAST(
        SUBSTRING(quarter, 1, 4)
        || CASE SUBSTRING(quarter, 6, 1) WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END
        AS DATE
    ) AS outcome_date,
    yot,
    dim1 AS disposal,
    themis.count AS disposals
FROM themis__yot_return AS themis
WHERE measure = 'DISPOSALS' AND dim1 <> 'ALL'
UNION ALL
SELECT outcome_date, yot, outcome AS disposal, 1 AS disposals
FROM yjmis__disposal
