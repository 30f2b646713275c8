-- Closed matters of all schemes and what they cost (CR-LA-CLOSED): one row a claim of controlled work, a certificate closed, or
-- a bill of a Crown Court case. `matter` says what counts once: a defendant whose advocate and litigator billed is one matter.

SELECT matter, scheme, submission_month AS closed_date, total_value AS paid
FROM legal_aid_controlled
UNION ALL
SELECT certificate AS matter, 'CIVIL_REP' AS scheme, closed_date, paid
FROM legal_aid_civil
UNION ALL
SELECT matter, scheme, authorised_date AS closed_date, paid
FROM legal_aid_crown
