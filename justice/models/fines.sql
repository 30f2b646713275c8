-- Fines on the accounts of magistrates' courts: one row a court region and month, with what was imposed, collected and
-- cancelled in it, and what was outstanding at its end (CR-FINES).
--
-- Courts send an account in the months in which something happens to it, so that what is outstanding is what accounts had when
-- they were first sent, and every change since.

SELECT
    region,
    month,
    imposed,
    collected,
    cancelled,
    SUM(change) OVER (PARTITION BY region ORDER BY month) AS outstanding
FROM (
    SELECT
        region, month, SUM(imposed) AS imposed, SUM(collected) AS collected, SUM(cancelled) AS cancelled,
        SUM(outstanding - COALESCE(before, 0)) AS change
    FROM (
        SELECT
            _supplier AS region,
            CAST(_period || '-01' AS DATE) AS month,
            imposed,
            collected,
            cancelled_administrative + cancelled_legal AS cancelled,
            outstanding,
            LAG(outstanding) OVER (PARTITION BY _supplier, account_no ORDER BY _period, _row) AS before
        FROM libra__fines_account
    ) AS accounts
    GROUP BY region, month
) AS months
