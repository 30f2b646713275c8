-- A row for each intervention with a young person, by the day that it began (CR-TK-INTERVENTIONS).

SELECT started_on, yot, kind
FROM yjmis__intervention
