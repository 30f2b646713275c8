-- Escapes and absconds, a row each, with the prison that the prisoner left (CR-ESCAPE).

SELECT
    movement_date AS escaped_on,
    from_agy AS establishment,
    reason = 'UAL' AS absconded
FROM nomis_iis__movement
WHERE movement_type = 'REL' AND reason IN ('ESCP', 'UAL')
