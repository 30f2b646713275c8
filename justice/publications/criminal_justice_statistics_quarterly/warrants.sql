-- Failure to appear warrants, a row a force, category and month, as the force returned them (CR-FTA). The line of totals
-- that some forces send is left out, since its parts are there.

SELECT
    warrants.force_code AS police_force,
    listed_force.parent AS region,
    warrants.month,
    warrants.category,
    warrants.received,
    warrants.executed,
    warrants.withdrawn,
    warrants.closing AS outstanding
FROM fta__fta_return AS warrants
LEFT JOIN codes__police_force AS listed_force ON listed_force.code = warrants.force_code
WHERE warrants.category <> 'ALL'
