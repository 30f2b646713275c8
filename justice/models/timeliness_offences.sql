-- Offences in magistrates' courts that proceedings ended for or that went on to the Crown Court, each once, with how
-- serious their category is. Breaches are no offence of their own and are left out (CR-DEFENDANT).

SELECT
    case_no, def_id, seq, category, offence_start, charge_date, first_listing_date, completion_date,
    committed_to_cc_date, region,
    CASE category WHEN 'CI' THEN 1 WHEN 'CE' THEN 2 WHEN 'CS' THEN 3 WHEN 'CM' THEN 4 ELSE 5 END AS seriousness
FROM (
    SELECT
        case_no, def_id, seq, category, offence_start, charge_date, first_listing_date, completion_date,
        committed_to_cc_date, _supplier AS region,
        ROW_NUMBER() OVER (PARTITION BY case_no, def_id, seq ORDER BY _period DESC, _row DESC) AS place
    FROM libra__mc_offence
    WHERE category <> 'CB'
) AS every_state
WHERE place = 1
