-- Bills of Crown Court cases that were paid, one row a bill as last decided (CR-LA-CROWN).
--
-- A case has bills of advocates and of litigators: bills are not cases. What a bill is for is one defendant in one case.

SELECT
    bills.claim_ref,
    bills.court_code || '/' || bills.case_number || '/' || CAST(bills.def_no AS VARCHAR) AS matter,
    CASE
        WHEN bills.bill_type = 'VHCC' THEN 'VHCC'
        WHEN bills.system = 'CCR' THEN 'AGFS'
        ELSE 'LGFS'
    END AS scheme,
    bills.case_type,
    bills.authorised_date,
    bills.paid_net + bills.paid_vat AS paid
FROM (
    SELECT
        claim_ref, system, court_code, case_number, def_no, bill_type, case_type, authorised_date, paid_net, paid_vat, status,
        ROW_NUMBER() OVER (PARTITION BY system, claim_ref ORDER BY _period DESC, _row DESC) AS place
    FROM ccr_cclf__claim
) AS bills
WHERE bills.place = 1 AND bills.status IN ('AUTHORISED', 'PART_AUTHORISED')
