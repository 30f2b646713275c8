-- People who were proven to have offended on four or more days of a calendar year, each once a year (CR-PROLIFIC), with the
-- offences proven in that year, and those committed in the next year and proven by June after it. Change the number of days here
-- to draw the line elsewhere. The force is that of the last occasion of the year.

WITH of_year AS (
    SELECT
        person,
        EXTRACT(YEAR FROM proven_date) AS year,
        COUNT(DISTINCT proven_date) AS days,
        COUNT(*) AS offences
    FROM proven_offences
    GROUP BY person, EXTRACT(YEAR FROM proven_date)
),

chosen AS (
    SELECT person, year, days, offences, CAST(CAST(year AS VARCHAR) || '-12-31' AS DATE) AS year_end
    FROM of_year
    WHERE days >= 4
),

followed AS (
    SELECT chosen.person, chosen.year, COUNT(later.offence_start) AS next_offences
    FROM chosen
    LEFT JOIN proven_offences AS later
        ON later.person = chosen.person
        AND later.offence_start > chosen.year_end
        AND later.offence_start <= chosen.year_end + INTERVAL '12' MONTH
        AND later.proven_date <= chosen.year_end + INTERVAL '18' MONTH
    GROUP BY chosen.person, chosen.year
),

forces AS (
    SELECT
        person, EXTRACT(YEAR FROM proven_date) AS year, force_owner,
        ROW_NUMBER() OVER (
            PARTITION BY person, EXTRACT(YEAR FROM proven_date) ORDER BY proven_date DESC, pnc_id, occasion_no DESC
        ) AS place
    FROM proven_offences
)

SELECT
    chosen.person,
    chosen.year_end,
    chosen.days,
    chosen.offences,
    followed.next_offences,
    forces.force_owner AS force,
    known.sex
FROM chosen
INNER JOIN followed ON followed.person = chosen.person AND followed.year = chosen.year
INNER JOIN forces ON forces.person = chosen.person AND forces.year = chosen.year AND forces.place = 1
LEFT JOIN pnc__pnc_person AS known ON known.pnc_id = chosen.person
