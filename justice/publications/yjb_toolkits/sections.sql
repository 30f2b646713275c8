-- A row for each of the twelve sections of an assessment of a young person (Asset), with its score from 0 to 4 (CR-TK-SECTIONS).

SELECT assessed_on, yot, stage, '01' AS section, score_01 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '02' AS section, score_02 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '03' AS section, score_03 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '04' AS section, score_04 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '05' AS section, score_05 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '06' AS section, score_06 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '07' AS section, score_07 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '08' AS section, score_08 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '09' AS section, score_09 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '10' AS section, score_10 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '11' AS section, score_11 AS score
FROM yjmis__asset
UNION ALL
SELECT assessed_on, yot, stage, '12' AS section, score_12 AS score
FROM yjmis__asset
