-- Cautions, reprimands and final warnings, a row each occasion, by the principal offence (CR-CAUTION). Conditional
-- cautions are among them; motoring offences, whose classes begin with 8, are not, and nor are penalty notices.

SELECT
    pnc_id, occasion_no, occasion_type, proven_date, police_force, region, cjs_code, sex, ethnic_appearance,
    CASE WHEN age < 18 THEN 'JUVENILE' WHEN age < 21 THEN 'YOUNG_ADULT' WHEN age >= 21 THEN 'ADULT' END AS age_group
FROM proven_occasions
WHERE occasion_type <> 'COURT' AND NOT COALESCE(ho_class LIKE '8%', FALSE)
