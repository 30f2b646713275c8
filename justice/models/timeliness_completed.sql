-- Every defendant whose case was completed, with the days between its stages (CR-DAYS), and whether they count:
-- dates in the order offence, charge, first listing, completion, and at most ten years (3,652 days) in all. Change the
-- number of days here to include longer cases, or to leave out more. Who was not matched has no dates, and does not count.

SELECT
    court, region, category, completion_date, days_to_charge, days_to_listing, days_to_completion, days_in_all,
    COALESCE(
        days_to_charge >= 0 AND days_to_listing >= 0 AND days_to_completion >= 0 AND days_in_all <= 3652, FALSE
    ) AS measured
FROM (
    SELECT
        court, region, category, completion_date,
        DATE_DIFF('day', offence_start, charge_date) AS days_to_charge,
        DATE_DIFF('day', charge_date, first_listing_date) AS days_to_listing,
        DATE_DIFF('day', first_listing_date, completion_date) AS days_to_completion,
        DATE_DIFF('day', offence_start, completion_date) AS days_in_all
    FROM (
        SELECT
            'MAGISTRATES' AS court, region, category, offence_start, charge_date, first_listing_date, completion_date
        FROM timeliness_magistrates
        UNION ALL
        SELECT
            'CROWN' AS court, region, category, offence_start, charge_date, first_listing_date, completion_date
        FROM timeliness_crown
    ) AS both_courts
) AS with_days
