-- Offenders with an indeterminate sentence, a row each, by day of sentence, with the length of the tariff in years (CR-TARIFF).

SELECT
    offender.sentence_date,
    offender.custody_type,
    CAST(DATE_DIFF('day', offender.sentence_date, offender.tariff_expiry_date) AS DOUBLE) / CAST(365.25 AS DOUBLE) AS tariff_years
FROM ppud__offender AS offender
INNER JOIN codes__ppud_custody_type AS kind ON kind.code = offender.custody_type
WHERE kind.indeterminate = 'yes'
