-- Disposals in forced marriage cases, one row each: a case can have several orders (CR-FMPO).

SELECT
    case_number, order_seq, disposal_date, disposal_type,
    disposal_type = 'ORDER_MADE' AND power_of_arrest = 'Y' AS with_power_of_arrest
FROM fmpo__fmpo_disposal
