-- A row for each court report that was delivered, with the working days that it took and whether it came in time (CR-PROB-REPORTS).
--
-- Working days are Mondays to Fridays that are no bank holiday of England and Wales, after the day of the request up to the day of
-- delivery. 1 January 1990 was a Monday: of the days from then to a day, every whole week has five working days, and the rest has
-- as many as it has days, five at most. How many days a kind of report may take is in the code list court_report_type (target_days).

WITH counted AS (
    SELECT
        report_id,
        trust,
        report_type,
        requested,
        delivered,
        DATE_DIFF('day', DATE '1990-01-01', requested) AS to_request,
        DATE_DIFF('day', DATE '1990-01-01', delivered) AS to_delivery
    FROM probation__court_report
    WHERE delivered IS NOT NULL AND delivered >= requested
),

holidays AS (
    SELECT counted.trust, counted.report_id, COUNT(*) AS days
    FROM counted
    INNER JOIN codes__uk_bank_holiday AS holiday
        ON CAST(holiday.code AS DATE) > counted.requested AND CAST(holiday.code AS DATE) <= counted.delivered
    WHERE holiday.nations LIKE '%England and Wales%'
    GROUP BY counted.trust, counted.report_id
),

working AS (
    SELECT
        counted.report_id,
        counted.trust,
        counted.report_type,
        counted.delivered,
        CAST(
            5 * FLOOR(CAST(counted.to_delivery AS DOUBLE) / 7) + LEAST(counted.to_delivery % 7 + 1, 5)
            - 5 * FLOOR(CAST(counted.to_request AS DOUBLE) / 7) - LEAST(counted.to_request % 7 + 1, 5)
            AS BIGINT
        ) - COALESCE(holidays.days, 0) AS working_days
    FROM counted
    LEFT JOIN holidays ON holidays.trust = counted.trust AND holidays.report_id = counted.report_id
)

SELECT
    working.trust,
    working.report_id,
    working.report_type,
    working.delivered,
    working.working_days,
    working.working_days <= CAST(target.target_days AS INT) AS in_time
FROM working
INNER JOIN codes__court_report_type AS target ON target.code = working.report_type
