-- A row for each session of a programme that took place for a requirement, and whether it was attended (CR-PROG-SESSIONS).
--
-- A session that was cancelled is no session. The trust is that of the requirement.

SELECT session.requirement_id, session.session_date, session.attended, requirement.trust, requirement.programme
FROM iaps__session AS session
INNER JOIN programme_requirements AS requirement ON requirement.requirement_id = session.requirement_id
WHERE session.absence_reason IS NULL OR session.absence_reason <> 'CANCELLED'
