-- A row for each remand decision on a young person, and whether it was for a secure place (CR-YOT-REMANDS).

SELECT decided_on, yot, decision IN ('SECURE', 'CUSTODY') AS secure
FROM yjmis__remand
