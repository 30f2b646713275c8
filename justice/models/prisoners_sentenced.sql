-- Sentenced prisoners at a count, a row a prisoner and count (CR-SENTENCED).

SELECT snapshot_kind, snapshot_date, noms_no, establishment, sentence_length, offence_group, sex, age_band
FROM prisoners_counted
WHERE custody_type = 'SENTENCED'
