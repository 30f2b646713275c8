-- Records that the last run of the linkage took in, each with its source and the person whose it is (CR-LINKED-PEOPLE).
-- The month is that of the last delivery that was linked.

SELECT
    record.record, record.person, given.code AS source, CAST(record._period || '-01' AS DATE) AS linked_on
FROM linked__person AS record
INNER JOIN codes__link_input AS given ON record.dataset LIKE given.code || '.%'
