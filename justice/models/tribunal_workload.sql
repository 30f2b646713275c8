-- Workload of tribunals as systems and offices count it: one row a jurisdiction, system and month (CR-TRIB-STOCK).

SELECT
    source_system,
    chamber_jurisdiction AS jurisdiction,
    month,
    receipts,
    disposals,
    outstanding
FROM tribunals__trib_stock
