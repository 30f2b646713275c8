-- Defendants whose cases were completed in the Crown Court, by one offence each, from linked cases (CR-DEFENDANT,
-- CR-MATCH). A case is completed when the last count against the defendant is disposed of; offence, charge and first
-- listing are those of the magistrates' court that the case came from. Appeals are against completed cases and left out.

WITH disposed AS (
    SELECT court_code, case_no, def_no, MAX(disposal_date) AS completion_date
    FROM crest__cc_count
    GROUP BY court_code, case_no, def_no
    HAVING COUNT(*) = COUNT(disposal_date)
),

sent AS (
    SELECT
        case_no, def_id, category, offence_start, charge_date, first_listing_date,
        ROW_NUMBER() OVER (PARTITION BY case_no, def_id ORDER BY offence_start, seriousness, seq) AS place
    FROM timeliness_offences
    WHERE committed_to_cc_date IS NOT NULL
)

SELECT
    disposed.court_code,
    disposed.case_no,
    disposed.def_no,
    defendant._supplier AS region,
    sent.category,
    sent.offence_start,
    sent.charge_date,
    sent.first_listing_date,
    disposed.completion_date,
    linked.libra_case_no IS NOT NULL AS matched
FROM disposed
INNER JOIN crest__cc_case AS kase ON kase.court_code = disposed.court_code AND kase.case_no = disposed.case_no
INNER JOIN crest__cc_defendant AS defendant
    ON defendant.court_code = disposed.court_code
    AND defendant.case_no = disposed.case_no
    AND defendant.def_no = disposed.def_no
LEFT JOIN linked__court_case AS linked
    ON linked.crest_court_code = disposed.court_code
    AND linked.crest_case_no = disposed.case_no
    AND linked.crest_def_no = disposed.def_no
LEFT JOIN (SELECT * FROM sent WHERE place = 1) AS sent
    ON sent.case_no = linked.libra_case_no AND sent.def_id = linked.libra_def_id
WHERE kase.case_type <> 'APPEAL'
