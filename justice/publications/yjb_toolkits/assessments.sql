-- A row for each assessment of a young person (Asset), with its total score from 0 to 48 (CR-TK-ASSET).

SELECT assessed_on, yot, stage, total
FROM yjmis__asset
