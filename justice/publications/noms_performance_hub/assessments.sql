-- A row for each assessment of an offender that was completed, with the days that it took (CR-HUB-OASYS).

SELECT
    assessment_id,
    location,
    stage,
    harm_community AS harm,
    completed,
    DATE_DIFF('day', initiated, completed) AS days
FROM oasys__assessment
WHERE status = 'COMPLETE' AND completed IS NOT NULL
