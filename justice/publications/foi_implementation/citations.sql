-- Exemptions cited when information was withheld: one row a request and section, however often it is cited (CR-FOI-EXEMPTION).

SELECT requests.number, requests.received_date, exemption.code AS exemption
FROM requests
INNER JOIN codes__foi_exemption AS exemption
    ON ' ' || requests.exemptions || ' ' LIKE '% ' || exemption.code || ' %'
WHERE requests.state IN ('PART', 'REFUSED')
