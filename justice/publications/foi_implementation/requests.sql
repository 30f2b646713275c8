-- Requests for information that count under the Act, each once, with the working days until the answer (CR-FOI-REQUEST,
-- CR-FOI-DAYS). Internal reviews and what is answered as business as usual are no requests under the Act.
--
-- Working days are Monday to Friday without bank holidays anywhere in the United Kingdom: day 1 is the first one after the
-- day that counts as that of receipt. Weekdays are counted from 1 January 2001, a Monday. Days for which the clock stood,
-- for a fee or for clarification, do not count.

WITH counted AS (
    SELECT
        number, responding_unit AS unit, received_date, deemed_receipt_date, date_responded, external_deadline,
        extension_wd, clock_stopped_days, info_held, outcome, refusal_reason, exemptions,
        DATE_DIFF('day', DATE '2001-01-01', deemed_receipt_date) AS from_day,
        DATE_DIFF('day', DATE '2001-01-01', date_responded) AS to_day
    FROM foi__foi_case
    WHERE type IN ('FOI', 'EIR') AND NOT routine
),

holidays AS (
    SELECT counted.number, COUNT(*) AS days
    FROM counted
    INNER JOIN codes__uk_bank_holiday AS holiday
        ON CAST(holiday.code AS DATE) > counted.deemed_receipt_date
        AND CAST(holiday.code AS DATE) <= counted.date_responded
    WHERE DATE_DIFF('day', DATE '2001-01-01', CAST(holiday.code AS DATE)) % 7 < 5
    GROUP BY counted.number
),

taken AS (
    SELECT
        counted.*,
        5 * (FLOOR(CAST(to_day AS DOUBLE) / 7) - FLOOR(CAST(from_day AS DOUBLE) / 7))
        + LEAST(to_day % 7 + 1, 5) - LEAST(from_day % 7 + 1, 5)
        - COALESCE(holidays.days, 0) - clock_stopped_days AS days_taken
    FROM counted
    LEFT JOIN holidays ON holidays.number = counted.number
)

SELECT
    number,
    unit,
    received_date,
    date_responded,
    extension_wd,
    refusal_reason,
    exemptions,
    CAST(days_taken AS INTEGER) AS days_taken,
    CASE
        WHEN date_responded IS NULL THEN 'OUTSTANDING'
        WHEN outcome = 'clarify' THEN 'LAPSED'
        WHEN info_held = 'NOT_HELD' THEN 'NOT_HELD'
        ELSE UPPER(outcome)
    END AS state,
    COALESCE(days_taken <= 20, FALSE) AS within_20,
    COALESCE(days_taken <= 20 OR (extension_wd > 0 AND date_responded <= external_deadline), FALSE) AS in_time
FROM taken
