-- A row for each youth offending team, quarter and disposal of the aggregate returns: how many there were (CR-YH-DISPOSALS).

SELECT quarter, yot, dim1 AS disposal, number
FROM themis_cells
WHERE measure = 'DISPOSALS'
