-- Certificates of civil representation that were closed, each once, with all that was paid for them (CR-LA-CIVIL).
--
-- A certificate is closed on the day its first final bill is paid; bills of both systems are added up.

WITH bills AS (
    SELECT cert_ref AS certificate, bill_type, paid_date, paid
    FROM cis__bill
    WHERE scheme IN ('CIVIL_REP', 'HIGH_COST')
    UNION ALL
    SELECT held.certificate, bill.bill_type, bill.paid_date, bill.paid
    FROM ccms__bill AS bill
    INNER JOIN legal_aid_certificates AS held ON held.lsc_case_ref = bill.lsc_case_ref
    WHERE bill.scheme IN ('CIVIL_REP', 'HIGH_COST')
),

totals AS (
    SELECT
        certificate,
        MIN(CASE WHEN bill_type = 'FINAL' THEN paid_date END) AS closed_date,
        SUM(paid) AS paid
    FROM bills
    GROUP BY certificate
)

SELECT totals.certificate, legal_aid_certificates.category, totals.closed_date, totals.paid
FROM totals
LEFT JOIN legal_aid_certificates ON legal_aid_certificates.certificate = totals.certificate
WHERE totals.closed_date IS NOT NULL
