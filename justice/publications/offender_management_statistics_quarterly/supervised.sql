-- Orders and licences supervised on the last day of a month, a row each (CR-PROB-CASELOAD).

SELECT as_at, trust, supervision_type
FROM probation__caseload
