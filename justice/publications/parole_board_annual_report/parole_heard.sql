-- Parole reviews that were heard and decided, a row each, by day of the hearing (CR-PAROLE). A review directed and not heard yet is none.

SELECT hearing_date, stage, hearing_type, outcome
FROM ppud__parole_review
WHERE hearing_date IS NOT NULL AND outcome IS NOT NULL
