-- Counts that courts reported to the performance database: a row a court, measure and month, as last reported
-- (CR-PERF-REPORTED). Values of areas, regions and the nation are totals of these and left out, and so are rates and times.

SELECT measure_id, court_code, period_month AS month, value
FROM (
    SELECT
        measure_id, court_code, period_month, value,
        ROW_NUMBER() OVER (
            PARTITION BY measure_id, court_code, period_month ORDER BY _period DESC, _row DESC
        ) AS place
    FROM perfdb__measure_value
    WHERE level = 'COURT' AND case_type = 'ALL' AND unit = 'COUNT'
) AS reported
WHERE place = 1
