-- Cases outstanding in the Crown Court at the end of a month, as courts count them: one row a court, type of case and month
-- (CR-CROWN-STOCK).

SELECT
    court_code, case_type, outstanding, _supplier AS region,
    CAST(_period || '-01' AS DATE) AS month
FROM crest__cc_workload
