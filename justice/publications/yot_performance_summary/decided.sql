-- A row for each disposal of a young person, with what indicators ask of it (CR-YOT-DISPOSALS, CR-YOT-WARNINGS, CR-YOT-ASSET).
--
-- supported: a final warning with an intervention of its kind that began within 90 days. assessed: a community or custodial
-- disposal with an Asset at the start of the order within 90 days. Change the days here to count later ones.

WITH supported AS (
    SELECT DISTINCT disposal.disposal_ref
    FROM yjmis__disposal AS disposal
    INNER JOIN yjmis__intervention AS begun
        ON begun.yot = disposal.yot
        AND begun.yp_ref = disposal.yp_ref
        AND begun.kind = 'FINAL_WARNING'
        AND DATE_DIFF('day', disposal.outcome_date, begun.started_on) BETWEEN 0 AND 90
    WHERE disposal.outcome = 'FINAL_WARNING'
),

assessed AS (
    SELECT DISTINCT disposal.disposal_ref
    FROM yjmis__disposal AS disposal
    INNER JOIN yjmis__asset AS asset
        ON asset.yot = disposal.yot
        AND asset.yp_ref = disposal.yp_ref
        AND asset.stage = 'START'
        AND DATE_DIFF('day', disposal.outcome_date, asset.assessed_on) BETWEEN 0 AND 90
    WHERE disposal.tier IN ('COMMUNITY', 'CUSTODY')
)

SELECT
    disposal.outcome_date,
    disposal.yot,
    disposal.tier = 'CUSTODY' AS to_custody,
    disposal.outcome = 'FINAL_WARNING' AS warned,
    supported.disposal_ref IS NOT NULL AS supported,
    disposal.tier IN ('COMMUNITY', 'CUSTODY') AS to_be_assessed,
    assessed.disposal_ref IS NOT NULL AS assessed
FROM yjmis__disposal AS disposal
LEFT JOIN supported ON supported.disposal_ref = disposal.disposal_ref
LEFT JOIN assessed ON assessed.disposal_ref = disposal.disposal_ref
