-- Releases on temporary licence, a row each, with the prison that let the prisoner out (CR-DIGEST-LICENCE).

SELECT out_date, establishment, failure IS NOT NULL AS failed
FROM nomis_iis__rotl
