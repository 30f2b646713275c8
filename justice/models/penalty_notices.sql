-- Penalty notices for disorder by day or month of issue (CR-PND): a row each notice, for forces that send them one by one,
-- and a row each count for forces that send counts. Of two returns on one month of issue the later counts, which has its
-- outcomes. A notice counts as issued whatever becomes of it.

SELECT
    notices.police_force,
    listed_force.parent AS region,
    notices.issue_date,
    notices.offence_code,
    notices.age_band,
    notices.sex,
    notices.ethnicity,
    COALESCE(offence.notifiable = 'Y', FALSE) AS notifiable,
    notices.issued,
    notices.paid_in_full
FROM (
    SELECT
        force_code AS police_force, issue_date, offence_code, age_band, sex, ethnicity, 1 AS issued,
        CASE WHEN outcome = 'PAID_IN_FULL' THEN 1 ELSE 0 END AS paid_in_full
    FROM pnd__notice
    UNION ALL
    SELECT
        force_code AS police_force, issue_month AS issue_date, offence_code, age_band, sex, ethnicity, issued, paid_in_full
    FROM (
        SELECT
            force_code, issue_month, offence_code, age_band, sex, ethnicity, issued, paid_in_full,
            RANK() OVER (PARTITION BY force_code, issue_month ORDER BY month DESC) AS place
        FROM pnd__cohort_count
    ) AS returned
    WHERE place = 1
) AS notices
LEFT JOIN codes__police_force AS listed_force ON listed_force.code = notices.police_force
LEFT JOIN codes__pnd_offence AS offence ON offence.code = notices.offence_code
