-- A row for each area, category and level of a return: the offenders on 31 March (CR-MAPPA-STOCK).
--
-- The sum over levels that areas declare (ALL) is there to be checked at the door, and is not counted.

SELECT counted_on, area, category, level, count_31_march AS offenders
FROM mappa__area_return
WHERE level <> 'ALL'
