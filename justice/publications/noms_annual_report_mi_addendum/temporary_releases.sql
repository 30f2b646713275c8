-- A row for each release of a prisoner on temporary licence, and whether it failed (CR-MIA-ROTL).

SELECT rotl_no, establishment, rotl_type, out_date, failure IS NOT NULL AS failed
FROM nomis_iis__rotl
