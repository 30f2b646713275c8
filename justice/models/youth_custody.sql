-- A row for each young person in the youth secure estate at the snapshot of a month, 18-year-olds among them (CR-YC-SYSTEM).
--
-- Both systems hold the months in which one replaced the other. The month from which reports are made from the newer one
-- is in the code list youth_custody_system (reports_from). month is the first day of the month that a snapshot stands for:
-- the snapshot itself is taken on the Friday that lies nearest to the month's end, which can be in the next month.

WITH switch AS (
    SELECT MIN(reports_from) AS first_month FROM codes__youth_custody_system
),

snapshots AS (
    SELECT
        sachs.system, sachs.reporting_month, sachs.snapshot_date, sachs.yp_id, sachs.sex, sachs.ethnicity, sachs.home_yot,
        sachs.establishment, sachs.accommodation, sachs.legal_basis, sachs.age
    FROM sachs__custody_snapshot AS sachs
    CROSS JOIN switch
    WHERE sachs.reporting_month < switch.first_month
    UNION ALL
    SELECT
        easset.system, easset.reporting_month, easset.snapshot_date, easset.yp_id, easset.sex, easset.ethnicity,
        easset.home_yot, easset.establishment, easset.accommodation, easset.legal_basis, easset.age
    FROM easset__custody_snapshot AS easset
    CROSS JOIN switch
    WHERE easset.reporting_month >= switch.first_month
)

SELECT
    system,
    CAST(reporting_month || '-01' AS DATE) AS month,
    snapshot_date,
    yp_id,
    sex,
    COALESCE(ethnicity, 'NS') AS ethnicity,
    home_yot,
    establishment,
    accommodation,
    legal_basis,
    age
FROM snapshots
