-- Releases of offenders with an indeterminate sentence, a row each, first or after recall (CR-ISP-RELEASE).

SELECT told.release_date, told.after_recall, offender.custody_type
FROM ppud__release AS told
INNER JOIN ppud__offender AS offender ON offender.ppud_id = told.ppud_id
INNER JOIN codes__ppud_custody_type AS kind ON kind.code = offender.custody_type
WHERE kind.indeterminate = 'yes'
