-- Deaths in prison custody, each once, by the day of death (CR-DEATH). The cause is the final one where the classification
-- is final and the apparent one until then. Places that are none of custody do not count (list death_location).

SELECT
    death.death_id,
    death.date_of_death,
    death.establishment,
    death.sex,
    death.ethnicity,
    death.custody_status,
    death.location,
    COALESCE(death.final_cause, death.apparent_cause) AS cause,
    death.classification_status = 'FINAL' AS final,
    death.ppo_ref IS NOT NULL AS investigated,
    death.ppo_report_date,
    DATE_DIFF('day', death.date_of_death, death.ppo_report_date) AS days_to_report,
    CASE
        WHEN death.age < 18 THEN '10_17'
        WHEN death.age < 21 THEN '18_20'
        WHEN death.age < 40 THEN '21_39'
        WHEN death.age < 60 THEN '40_59'
        WHEN death.age >= 60 THEN '60_PLUS'
    END AS age_band,
    CASE
        WHEN death.days_in_custody <= 7 THEN 'UP_TO_7D'
        WHEN death.days_in_custody <= 30 THEN '8D_TO_30D'
        WHEN death.days_in_custody <= 91 THEN '31D_TO_3M'
        WHEN death.days_in_custody <= 182 THEN '3M_TO_6M'
        WHEN death.days_in_custody <= 365 THEN '6M_TO_12M'
        WHEN death.days_in_custody <= 1461 THEN '1Y_TO_4Y'
        WHEN death.days_in_custody > 1461 THEN 'OVER_4Y'
    END AS time_in_custody
FROM deaths__death AS death
INNER JOIN codes__death_location AS place ON place.code = death.location AND place.counted = 'yes'
