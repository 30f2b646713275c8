-- Values of courts in the performance database that the Impact Indicators are made from: one row a court, month and measure,
-- as last reported (CR-INDICATOR). A value that is a rate comes with its numerator and its denominator.

SELECT
    measure_id, court_code, period_month AS month, value,
    CAST(numerator AS DOUBLE) AS numerator,
    CAST(denominator AS DOUBLE) AS denominator
FROM (
    SELECT
        measure_id, court_code, period_month, value, numerator, denominator,
        ROW_NUMBER() OVER (
            PARTITION BY measure_id, court_code, period_month ORDER BY _period DESC, _row DESC
        ) AS place
    FROM perfdb__measure_value
    WHERE level = 'COURT' AND case_type = 'ALL'
        AND measure_id IN ('CC_CLAIMS', 'CC_SMALL_WEEKS', 'CC_DEFAULT_PCT', 'CROWN_RECEIPTS', 'MC_CASES')
) AS reported
WHERE place = 1
