-- Orders and licences that began, a row each, by their first day (CR-PROB-START). What came from another trust began there.

SELECT start_date, supervision_type, sex
FROM probation__supervision
WHERE transferred_from IS NULL
