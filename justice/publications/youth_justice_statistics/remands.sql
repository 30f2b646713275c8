-- A row for each remand decision on a young person, and for the years of aggregate returns a row for each team, quarter and
-- decision; decisions says how many the row stands for (CR-YJ-REMANDS).

SELECT quarter AS decided_on, yot, dim1 AS decision, number AS decisions
FROM themis_cells
WHERE measure = 'REMANDS'
UNION ALL
SELECT decided_on, yot, decision, 1 AS decisions
FROM yjmis__remand
