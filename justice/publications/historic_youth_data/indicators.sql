-- A row for each youth offending team, quarter and key performance indicator of the aggregate returns: the percentage (CR-YH-KPI).

SELECT quarter, yot, measure AS indicator, percent
FROM themis_cells
WHERE percent IS NOT NULL
