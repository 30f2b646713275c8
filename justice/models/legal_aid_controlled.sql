-- Matters of controlled work that were closed, one row a claim that stands (CR-LA-CONTROLLED).
--
-- A line of a submission that was revised counts as last revised. A claim that repeats another, or is not valid, is none.

SELECT
    lines.submission_id || '/' || CAST(lines.line_number AS VARCHAR) AS matter,
    lines.submission_month,
    lines.category,
    lines.fee_code,
    fee.scheme,
    lines.office_code,
    lines.total_value
FROM (
    SELECT
        submission_id, line_number, submission_month, category, fee_code, office_code, total_value, status, matched_claim_id,
        ROW_NUMBER() OVER (
            PARTITION BY submission_id, line_number ORDER BY revision DESC, _period DESC, _row DESC
        ) AS place
    FROM cwa__claim
) AS lines
INNER JOIN (SELECT DISTINCT code, scheme FROM codes__cwa_fee) AS fee ON fee.code = lines.fee_code
WHERE lines.place = 1 AND lines.status = 'VALID' AND lines.matched_claim_id IS NULL
