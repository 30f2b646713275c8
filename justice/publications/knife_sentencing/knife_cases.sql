-- Cases of possession of a knife or an offensive weapon, a row each: occasions of caution or conviction on the Police
-- National Computer of which such possession is the principal offence (CR-KNIFE).

SELECT
    proven.pnc_id,
    proven.occasion_no,
    proven.proven_date,
    proven.cjs_code,
    proven.outcome,
    proven.custody_days,
    proven.police_force,
    proven.region,
    proven.previous,
    CASE WHEN proven.age < 18 THEN 'JUVENILE' WHEN proven.age < 21 THEN 'YOUNG_ADULT' WHEN proven.age >= 21 THEN 'ADULT' END
    AS age_group
FROM proven_occasions AS proven
INNER JOIN codes__knife_offence AS knife ON knife.code = proven.cjs_code
