-- Releases on temporary licence, a row each, by the day out, with whether it failed (CR-ROTL).

SELECT out_date, rotl_type, failure IS NOT NULL AS failed
FROM nomis_iis__rotl
