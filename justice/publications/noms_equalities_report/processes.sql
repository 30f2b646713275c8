-- A row for each process of a financial year and group of staff who went through it: how many did (CR-EQ-PROCESS). year_begins is 1 April.
--
-- Ethnicities are put together to ethnic groups. Who has declared nothing is a group of each characteristic.

SELECT
    CAST(SUBSTRING(told._period, 1, 4) || '-04-01' AS DATE) AS year_begins,
    told.process,
    CASE
        WHEN told.group_code IN ('NOT_DECLARED', 'NS') THEN told.characteristic || '_NOT_DECLARED'
        WHEN told.characteristic = 'ETHNICITY' THEN 'ETHNICITY_' || ethnicity.parent
        WHEN told.characteristic = 'SEXUAL_ORIENTATION' THEN 'ORIENTATION_' || told.group_code
        WHEN told.group_code = '40+' THEN 'AGE_40_PLUS'
        ELSE told.characteristic || '_' || told.group_code
    END AS process_group,
    told.staff
FROM oracle_hrms__equality_count AS told
LEFT JOIN (SELECT DISTINCT code, parent FROM codes__ethnicity) AS ethnicity
    ON told.characteristic = 'ETHNICITY' AND ethnicity.code = told.group_code
