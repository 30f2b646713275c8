-- A row for each disposal, with the young person that it is of and whether a local authority looks after them (CR-TK-CARE).
--
-- Care status is that of the last return on the young person. Young people are told apart by team and number.

SELECT
    disposal.outcome_date,
    disposal.yot,
    disposal.yot || ' ' || disposal.yp_ref AS young_person,
    person.care_status
FROM yjmis__disposal AS disposal
LEFT JOIN yjmis__yp AS person ON person.yot = disposal.yot AND person.yp_ref = disposal.yp_ref
