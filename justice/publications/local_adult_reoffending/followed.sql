-- Matched adults on the caseload on a day, with whether they re-offended in the next three months (CR-LOCAL) and how likely
-- that was for people like them (CR-PREDICTED): committed after the day and within three months of it, and proven within six
-- months. Like people are those of the same day, sex, age under 25 or not, and band of previous proven offences.

WITH outcomes AS (
    SELECT
        caseload.as_at,
        caseload.trust,
        caseload.person,
        caseload.sex,
        CASE WHEN caseload.age < 25 THEN 'UNDER_25' ELSE '25_PLUS' END AS age_group,
        SUM(CASE WHEN proven.proven_date <= caseload.as_at THEN 1 ELSE 0 END) AS previous,
        MAX(
            CASE
                WHEN proven.offence_start > caseload.as_at
                    AND proven.offence_start <= caseload.as_at + INTERVAL '3' MONTH
                    AND proven.proven_date <= caseload.as_at + INTERVAL '6' MONTH
                    THEN 1
                ELSE 0
            END
        ) AS reoffended
    FROM caseload
    LEFT JOIN proven_offences AS proven ON proven.person = caseload.person
    WHERE caseload.matched
    GROUP BY
        caseload.as_at, caseload.trust, caseload.person, caseload.sex,
        CASE WHEN caseload.age < 25 THEN 'UNDER_25' ELSE '25_PLUS' END
),

banded AS (
    SELECT
        as_at, trust, person, sex, age_group, reoffended,
        CASE
            WHEN previous = 0 THEN '0'
            WHEN previous <= 2 THEN '1_2'
            WHEN previous <= 6 THEN '3_6'
            WHEN previous <= 10 THEN '7_10'
            WHEN previous <= 14 THEN '11_14'
            ELSE '15_PLUS'
        END AS previous_band
    FROM outcomes
)

SELECT
    as_at, trust, person, sex, age_group, previous_band, reoffended,
    AVG(CAST(reoffended AS DOUBLE)) OVER (PARTITION BY as_at, sex, age_group, previous_band) AS predicted
FROM banded
