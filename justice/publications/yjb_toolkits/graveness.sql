-- A row for each proven offence of a young person, with its gravity from 1 to 8; quarter is the first day of the quarter of the
-- return that tells of it (CR-TK-GRAVITY).

SELECT
    CAST(
        SUBSTRING(_period, 1, 4)
        || CASE SUBSTRING(_period, 6, 1) WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END
        AS DATE
    ) AS quarter,
    yot,
    CAST(gravity AS VARCHAR) AS gravity
FROM yjmis__offence
