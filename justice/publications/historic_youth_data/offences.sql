-- A row for each youth offending team, quarter and group of offences of the aggregate returns: how many there were (CR-YH-OFFENCES).

SELECT quarter, yot, dim1 AS offence_type, number
FROM themis_cells
WHERE measure = 'OFFENCES'
