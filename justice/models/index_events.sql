-- Events that a period of proven re-offending may begin with, each once (CR-INDEX): a caution, reprimand or warning; a
-- sentence other than custody, on the day that it was passed; a discharge from custody of a prisoner who is on the Police
-- National Computer. Of the disposals of one occasion the heaviest counts, by the ranks of the list index_disposal.

WITH given AS (
    SELECT
        proven.person,
        proven.pnc_id,
        proven.occasion_no,
        proven.offence_seq,
        proven.ho_class,
        proven.proven_date,
        disposal.disposal_seq,
        CASE
            WHEN proven.occasion_type <> 'COURT' THEN proven.occasion_type
            WHEN disposal.suspended OR disposal.disposal IN ('1115', '1134') THEN 'SUSPENDED'
            WHEN result.custody = 'yes' THEN 'CUSTODY'
            WHEN disposal.disposal = '1116' THEN 'COMMUNITY'
            WHEN disposal.disposal IN ('1097', '1142') THEN 'YOUTH_ORDER'
            WHEN disposal.disposal = '1015' THEN 'FINE'
            WHEN disposal.disposal IN ('1016', '1017') THEN 'DISCHARGE'
            ELSE 'OTHER_COURT'
        END AS disposal
    FROM proven_offences AS proven
    LEFT JOIN pnc__pnc_disposal AS disposal
        ON disposal.pnc_id = proven.pnc_id
        AND disposal.occasion_no = proven.occasion_no
        AND disposal.offence_seq = proven.offence_seq
    LEFT JOIN codes__court_result AS result ON result.code = disposal.disposal
),

principal AS (
    SELECT
        given.person,
        given.pnc_id,
        given.occasion_no,
        given.ho_class,
        given.proven_date,
        given.disposal,
        COALESCE(CAST(listed.rank AS INT), 0) AS seriousness,
        ROW_NUMBER() OVER (
            PARTITION BY given.pnc_id, given.occasion_no
            ORDER BY COALESCE(CAST(listed.rank AS INT), 0), given.offence_seq, given.disposal_seq
        ) AS place
    FROM given
    LEFT JOIN codes__index_disposal AS listed ON listed.code = given.disposal
)

SELECT
    person, proven_date AS event_date, disposal, seriousness, ho_class, CAST(NULL AS VARCHAR) AS prison,
    pnc_id || '/' || CAST(occasion_no AS VARCHAR) AS event
FROM principal
WHERE place = 1 AND disposal <> 'CUSTODY'
UNION ALL
SELECT
    discharge.person, discharge.discharge_date AS event_date, discharge.disposal,
    CAST(listed.rank AS INT) AS seriousness, CAST(NULL AS VARCHAR) AS ho_class, discharge.prison,
    discharge.book_id || '/' || CAST(discharge.movement_seq AS VARCHAR) AS event
FROM custody_discharges AS discharge
INNER JOIN codes__index_disposal AS listed ON listed.code = discharge.disposal
WHERE discharge.matched
