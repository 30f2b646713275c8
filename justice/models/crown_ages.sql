-- Cases that were open at the end of a month, with how long they had been: one row a case and month (CR-CROWN-AGE).
--
-- Three months are 91 days, and so on.

SELECT
    kase.court_code, kase.case_no, kase.case_type, kase._supplier AS region, months.month,
    CASE
        WHEN DATE_DIFF('day', kase.receipt_date, months.month_end) < 91 THEN 'UNDER_3'
        WHEN DATE_DIFF('day', kase.receipt_date, months.month_end) < 183 THEN 'FROM_3'
        WHEN DATE_DIFF('day', kase.receipt_date, months.month_end) < 274 THEN 'FROM_6'
        WHEN DATE_DIFF('day', kase.receipt_date, months.month_end) < 365 THEN 'FROM_9'
        ELSE 'FROM_12'
    END AS age
FROM (
    SELECT month, CAST(month + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS month_end
    FROM (SELECT DISTINCT CAST(_period || '-01' AS DATE) AS month FROM crest__cc_case) AS told
) AS months
INNER JOIN crest__cc_case AS kase
    ON kase.receipt_date <= months.month_end
    AND (kase.disposal_date IS NULL OR kase.disposal_date > months.month_end)
