-- A row for each care or supervision case and month at whose end it was open (CR-CARE-OPEN), by court region.

SELECT
    case_number,
    CAST(_period || '-01' AS DATE) AS month,
    _supplier AS region,
    weeks_since_issue
FROM cms_care__care_case
WHERE final_order_date IS NULL AND current_stage NOT IN ('CONCLUDED', 'WITHDRAWN')
