-- A row for each remand decision on a young person, and for the years of aggregate returns a row for each team, quarter and
-- decision; decisions says how many the row stands for (CR-YJ-REMANDS).

SELECT
    CAST(
        SUBSTRING(quarter, 1, 4)
        || CASE SUBSTRING(quarter, 6, 1) WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END
        AS DATE
    ) AS decided_on,
    yot,
    dim1 AS decision,
    themis.count AS decisions
FROM themis__yot_return AS themis
WHERE measure = 'REMANDS' AND dim1 <> 'ALL'
UNION ALL
SELECT decided_on, yot, decision, 1 AS decisions
FROM yjmis__remand
