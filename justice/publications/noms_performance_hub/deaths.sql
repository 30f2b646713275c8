-- A row for each death in prison custody, with its cause as it is classified now (CR-HUB-DEATHS).

SELECT death_id, establishment, date_of_death, COALESCE(final_cause, apparent_cause) AS cause
FROM deaths__death
