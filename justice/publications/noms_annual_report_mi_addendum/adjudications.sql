-- A row for each charge at an adjudication that was heard, and whether it was proved (CR-MIA-ADJUDICATIONS).

SELECT adjudication_no, charge_seq, establishment, heard_date, COALESCE(finding = 'PROVED', FALSE) AS proved
FROM nomis_iis__adjudication
WHERE heard_date IS NOT NULL
