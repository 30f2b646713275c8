-- Defendants whose cases were completed in magistrates' courts, by one offence each (CR-DEFENDANT). A defendant any of
-- whose offences went on to the Crown Court is counted there, and nowhere else.

SELECT
    case_no, def_id, region, category, offence_start, charge_date, first_listing_date, completion_date
FROM (
    SELECT
        case_no, def_id, region, category, offence_start, charge_date, first_listing_date, completion_date,
        MAX(CASE WHEN committed_to_cc_date IS NULL AND completion_date IS NOT NULL THEN 0 ELSE 1 END)
            OVER (PARTITION BY case_no, def_id) AS goes_on,
        ROW_NUMBER() OVER (
            PARTITION BY case_no, def_id ORDER BY completion_date DESC, offence_start, seriousness, seq
        ) AS place
    FROM timeliness_offences
) AS by_rank
WHERE place = 1 AND goes_on = 0
