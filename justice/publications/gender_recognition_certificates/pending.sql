-- Applications to the Gender Recognition Panel that were pending at the end of each month, as the office counts them.

SELECT jurisdiction, month, outstanding
FROM tribunal_workload
WHERE jurisdiction = 'GRP'
