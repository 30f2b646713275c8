-- Insolvency petitions presented, as courts enter them month by month in the performance database: one row a court, month and
-- kind of petition (CR-PETITION). The totals of areas, regions and the nation stand beside them there, and are not counted again.

SELECT
    reported.court_code AS court,
    measure.insolvency AS petition,
    reported.period_month AS month,
    CAST(reported.value AS BIGINT) AS petitions
FROM (
    SELECT
        measure_id, court_code, period_month, value,
        ROW_NUMBER() OVER (
            PARTITION BY measure_id, court_code, period_month ORDER BY _period DESC, _row DESC
        ) AS place
    FROM perfdb__measure_value
    WHERE level = 'COURT' AND case_type = 'ALL'
) AS reported
INNER JOIN codes__perf_measure AS measure ON measure.code = reported.measure_id
WHERE reported.place = 1 AND measure.insolvency IS NOT NULL AND measure.insolvency <> ''
