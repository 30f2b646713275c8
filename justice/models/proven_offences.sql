-- Proven offences on the Police National Computer, each once, with the day on which they were proven: a court
-- found the person guilty, or the police gave a caution, a reprimand or a warning. Recordable offences alone; penalty
-- notices for disorder prove nothing and are left out.

SELECT
    COALESCE(pnc_identity.person, offence.pnc_id) AS person,
    offence.pnc_id,
    offence.occasion_no,
    offence.offence_seq,
    offence.ho_class,
    offence.offence_start,
    COALESCE(offence.serious, FALSE) AS serious,
    occasion.occasion_type,
    occasion.occasion_date AS proven_date,
    occasion.force_owner
FROM pnc__pnc_offence AS offence
INNER JOIN pnc__pnc_occasion AS occasion
    ON occasion.pnc_id = offence.pnc_id AND occasion.occasion_no = offence.occasion_no
LEFT JOIN pnc_identity ON pnc_identity.pnc_id = offence.pnc_id
WHERE offence.recordable
    AND (
        (occasion.occasion_type = 'COURT' AND offence.adjudication = 'GUILTY')
        OR occasion.occasion_type IN ('CAUTION', 'COND_CAUTION', 'REPRIMAND', 'WARNING', 'YOUTH_CAUTION')
    )
