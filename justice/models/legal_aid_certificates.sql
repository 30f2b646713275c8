-- Applications for certificates of civil representation, each once (CR-LA-CERTIFICATE).
--
-- A case of CCMS that was a certificate of CIS counts as CCMS has it; a certificate that CCMS does not hold, as CIS had it.

WITH moved AS (
    SELECT lsc_case_ref, MIN(cert_ref) AS cert_ref FROM ccms__migration_map GROUP BY lsc_case_ref
),

current_cases AS (
    SELECT
        kase.lsc_case_ref,
        COALESCE(kase.legacy_cert_ref, moved.cert_ref) AS cert_ref,
        kase.category, kase.application_date, kase.grant_date, kase.discharge_date, kase.emergency, kase.status
    FROM ccms__case AS kase
    LEFT JOIN moved ON moved.lsc_case_ref = kase.lsc_case_ref
)

SELECT
    COALESCE(cert_ref, lsc_case_ref) AS certificate,
    lsc_case_ref,
    category,
    application_date,
    grant_date,
    discharge_date,
    emergency,
    status,
    DATE_DIFF('day', application_date, grant_date) AS days_to_grant
FROM current_cases
UNION ALL
SELECT
    cert_ref AS certificate,
    CAST(NULL AS VARCHAR) AS lsc_case_ref,
    category,
    application_date,
    grant_date,
    discharge_date,
    emergency,
    status,
    DATE_DIFF('day', application_date, grant_date) AS days_to_grant
FROM cis__certificate AS certificate
WHERE NOT EXISTS (SELECT 1 FROM current_cases WHERE current_cases.cert_ref = certificate.cert_ref)
