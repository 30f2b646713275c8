-- A row for each person, notice or count at a stage of the criminal justice system, with the ethnic group (CR-RACE-STAGE):
-- as CR-PND, CR-CAUTION, CR-POR, CR-AVERAGE-POPULATION and CR-STAFF-NOMS count them.
--
-- For notices and cautions the group is what the officer saw; at all other stages it is as the person defined it. Not
-- stated and not recorded are one group. Prisoners and staff of each month are a twelfth of a person each.

WITH self_defined AS (
    SELECT DISTINCT code, parent
    FROM codes__ethnicity
),

appearance AS (
    SELECT DISTINCT code, parent
    FROM codes__ethnic_appearance
),

staged AS (
    SELECT 'NOTICE' AS stage, issue_date AS stage_date, ethnicity AS ethnicity, CAST(issued AS DOUBLE) AS people
    FROM penalty_notices
    UNION ALL
    SELECT 'CAUTION' AS stage, proven_date AS stage_date, ethnic_appearance AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM cautions
    UNION ALL
    SELECT 'PROSECUTED' AS stage, dealt_with_date AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM court_occasions
    WHERE proceeded_against
    UNION ALL
    SELECT 'CONVICTED' AS stage, dealt_with_date AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM court_occasions
    WHERE convicted
    UNION ALL
    SELECT 'SENTENCED' AS stage, dealt_with_date AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM court_occasions
    WHERE sentenced
    UNION ALL
    SELECT 'CUSTODY' AS stage, dealt_with_date AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM court_occasions
    WHERE sentence = 'CUSTODY'
    UNION ALL
    SELECT 'SUPERVISED' AS stage, start_date AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) AS people
    FROM probation__supervision
    WHERE supervision_type IN ('CO', 'SSO')
    UNION ALL
    SELECT 'PRISONER' AS stage, snapshot_date AS stage_date, ethnicity AS ethnicity, share_of_year AS people
    FROM prisoners_by_month
    UNION ALL
    SELECT 'STAFF' AS stage, month AS stage_date, ethnicity AS ethnicity, CAST(1 AS DOUBLE) / 12 AS people
    FROM noms_staff
    WHERE counted
)

SELECT
    staged.stage,
    staged.stage_date,
    COALESCE(CASE WHEN staged.stage IN ('NOTICE', 'CAUTION') THEN appearance.parent ELSE self_defined.parent END, 'N')
        AS ethnic_group,
    staged.people
FROM staged
LEFT JOIN self_defined ON self_defined.code = staged.ethnicity
LEFT JOIN appearance ON appearance.code = staged.ethnicity
