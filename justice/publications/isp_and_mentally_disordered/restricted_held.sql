-- Restricted patients in hospital on 31 December, a row a patient and year, as the stock was kept that day (CR-RESTRICTED-STOCK).

SELECT snapshot_date, patient_id, section, sex
FROM ppud__restricted_population
