-- New matters that offices started, by category of law and month (CR-LA-START). The month is that of the delivery.

SELECT
    office_code,
    category,
    CAST(_period || '-01' AS DATE) AS month,
    started
FROM cwa__matter_start
