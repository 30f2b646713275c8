-- Prisoners on the last day of a quarter who are held under a booking with a charge under an Act on terrorism, each once
-- (CR-TERRORISM).

SELECT snapshot_date, noms_no, custody_type, ethnicity, act
FROM prisoners_on_day
WHERE act IS NOT NULL
