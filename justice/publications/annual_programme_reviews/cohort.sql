-- A row for each requirement of a programme that started, with what has become of it since (CR-PROG-COHORT).

SELECT
    trust,
    programme,
    order_type,
    start_date,
    targeted,
    noncompletion_reason,
    status = 'COMPLETED' AS completed,
    status = 'NOT_COMPLETED' AS not_completed
FROM programme_requirements
WHERE start_date IS NOT NULL
