-- Anti-social behaviour orders issued, by area, age, sex and the way to them, and orders breached for the first time, month by
-- month: one row an area, month, measure and group of people (CR-ASBO). Totals of regions and the nation are not counted again.

SELECT
    reported.court_code AS area,
    CASE reported.measure_id
        WHEN 'ASBO_APPLICATION' THEN 'APPLICATION'
        WHEN 'ASBO_CONVICTION' THEN 'CONVICTION'
    END AS route,
    CASE reported.measure_id WHEN 'ASBO_BREACH' THEN 'BREACHED' ELSE 'ISSUED' END AS step,
    SUBSTRING(reported.case_type, 1, 1) AS sex,
    SUBSTRING(reported.case_type, 2) AS age,
    reported.period_month AS month,
    CAST(reported.value AS BIGINT) AS orders
FROM (
    SELECT
        measure_id, court_code, case_type, period_month, value,
        ROW_NUMBER() OVER (
            PARTITION BY measure_id, court_code, case_type, period_month ORDER BY _period DESC, _row DESC
        ) AS place
    FROM perfdb__measure_value
    WHERE level = 'AREA' AND measure_id IN ('ASBO_APPLICATION', 'ASBO_CONVICTION', 'ASBO_BREACH')
) AS reported
WHERE reported.place = 1 AND reported.case_type <> 'ALL'
