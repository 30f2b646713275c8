-- A row for each incident that either of the two reporting systems holds, once (CR-HUB-INCIDENTS).
--
-- What both hold is one incident, by the merge incidents. Statuses that count are in the code list incident_status (counted).

SELECT incident.day, incident.place, incident.family
FROM merged__incidents AS incident
INNER JOIN codes__incident_status AS status ON status.code = incident.status
WHERE status.counted = 'yes'
