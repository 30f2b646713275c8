-- A row for each disposal of a young person, and for the years of aggregate returns a row for each team, quarter and
-- disposal; disposals says how many the row stands for (CR-YJ-DISPOSALS).
--
-- A disposal is for its principal offence and counts once, however many offences it is for, on the day that it was made;
-- the day of aggregate returns is the first of their quarter. The tier is the one that the disposal has in the code list.

SELECT quarter AS outcome_date, yot, dim1 AS disposal, number AS disposals
FROM themis_cells
WHERE measure = 'DISPOSALS'
UNION ALL
SELECT outcome_date, yot, outcome AS disposal, 1 AS disposals
FROM yjmis__disposal
