-- A row for each prisoner and Friday, from the weekly counts (CR-PRISON-WEEK).
--
-- Weeks are counted back from the last Friday that the month has; a fifth is left out.

SELECT
    snapshot_date, establishment, custody_type, sentence_length, sex,
    CAST(CAST(FLOOR(CAST(back AS DOUBLE) / 7) AS INT) AS VARCHAR) AS weeks_before
FROM (
    SELECT
        snapshot_date, establishment, custody_type, sentence_length, sex,
        DATE_DIFF(
            'day',
            snapshot_date,
            MAX(snapshot_date) OVER (
                PARTITION BY EXTRACT(YEAR FROM snapshot_date), EXTRACT(MONTH FROM snapshot_date)
            )
        ) AS back
    FROM nomis_iis__snapshot_population
    WHERE snapshot_kind = 'WEEKLY'
) AS counted_back
WHERE back < 28
