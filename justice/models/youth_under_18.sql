-- A row for each young person under 18 in the youth secure estate at the snapshot of a month, with the age group that
-- statistics show (CR-YC-UNDER18).

SELECT
    month,
    yp_id,
    sex,
    ethnicity,
    home_yot,
    establishment,
    accommodation,
    legal_basis,
    CASE WHEN age <= 14 THEN '10_14' ELSE CAST(age AS VARCHAR) END AS age_group
FROM youth_custody
WHERE age < 18
