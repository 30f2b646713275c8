-- Charges proved at adjudications, a row each, by day of the hearing (CR-ADJUDICATION).

SELECT heard_date, charge, punishment, added_days
FROM nomis_iis__adjudication
WHERE finding = 'PROVED'
