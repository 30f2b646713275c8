-- Complaints about language services, each once, with the body that had asked for the interpreter (CR-LANG-COMPLAINT).
-- A complaint about no request that was delivered has no such body.

SELECT
    complaint.complaint_id,
    complaint.received_date,
    complaint.category,
    complaint.resolved_date,
    COALESCE(complaint.proven, FALSE) AS proven,
    language_requests.requester_type
FROM language__lang_complaint AS complaint
LEFT JOIN language_requests ON language_requests.request_id = complaint.request_id
