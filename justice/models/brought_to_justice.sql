-- Offences brought to justice, a row each offence or count of them (CR-OBTJ): every notifiable offence of which a court
-- convicted, that it took into consideration, or for which the police gave a caution, reprimand, warning or penalty notice,
-- in the month of that. No principal offence is selected. Convictions come from the courts, all else from the police.

WITH proven AS (
    SELECT
        proven_offences.proven_date, listed_force.parent AS region, proven_offences.occasion_type, offence.cjs_code,
        COALESCE(offence.tic_count, 0) AS tic_count, COALESCE(listed.notifiable = 'yes', TRUE) AS notifiable
    FROM proven_offences
    INNER JOIN pnc__pnc_offence AS offence
        ON offence.pnc_id = proven_offences.pnc_id
        AND offence.occasion_no = proven_offences.occasion_no
        AND offence.offence_seq = proven_offences.offence_seq
    LEFT JOIN codes__cjs_offence AS listed ON listed.code = offence.cjs_code
    LEFT JOIN codes__police_force AS listed_force ON listed_force.code = proven_offences.force_owner
)

SELECT 'CONVICTION' AS kind, dealt_with_date AS justice_date, region, offence_code, 1 AS offences
FROM court_offences
WHERE convicted AND notifiable
UNION ALL
SELECT 'TIC' AS kind, proven_date AS justice_date, region, cjs_code AS offence_code, tic_count AS offences
FROM proven
WHERE occasion_type = 'COURT' AND tic_count > 0
UNION ALL
SELECT 'CAUTION' AS kind, proven_date AS justice_date, region, cjs_code AS offence_code, 1 AS offences
FROM proven
WHERE occasion_type <> 'COURT' AND notifiable
UNION ALL
SELECT 'PND' AS kind, issue_date AS justice_date, region, offence_code, issued AS offences
FROM penalty_notices
WHERE notifiable
