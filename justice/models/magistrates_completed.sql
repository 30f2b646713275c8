-- Defendants whose proceedings were completed in magistrates' courts, one row each, by kind of proceedings (CR-MC-COMPLETED).
--
-- A defendant any of whose offences went on to the Crown Court, or is still open, is not completed here. The most serious
-- offence decides the kind; whoever was dealt with as a youth is counted as a youth.

SELECT
    done.case_no,
    done.def_id,
    done.completion_date,
    done.region,
    CASE
        WHEN defendant.youth THEN 'YOUTH'
        WHEN done.seriousness = 1 THEN 'INDICTABLE'
        WHEN done.seriousness = 2 THEN 'SUMMARY'
        WHEN done.seriousness = 3 THEN 'MOTORING'
        ELSE 'BREACH'
    END AS proceedings
FROM (
    SELECT
        case_no, def_id, MAX(completion_date) AS completion_date, MAX(_supplier) AS region,
        MIN(CASE category WHEN 'CI' THEN 1 WHEN 'CE' THEN 1 WHEN 'CS' THEN 2 WHEN 'CR' THEN 2 WHEN 'CM' THEN 3 ELSE 4 END)
            AS seriousness
    FROM (
        SELECT
            case_no, def_id, seq, category, completion_date, committed_to_cc_date, _supplier,
            ROW_NUMBER() OVER (PARTITION BY case_no, def_id, seq ORDER BY _period DESC, _row DESC) AS place
        FROM libra__mc_offence
    ) AS every_state
    WHERE place = 1
    GROUP BY case_no, def_id
    HAVING COUNT(*) = COUNT(completion_date) AND COUNT(committed_to_cc_date) = 0
) AS done
INNER JOIN (
    SELECT
        case_no, def_id, youth,
        ROW_NUMBER() OVER (PARTITION BY case_no, def_id ORDER BY _period DESC, _row DESC) AS place
    FROM libra__mc_defendant
) AS defendant ON defendant.case_no = done.case_no AND defendant.def_id = done.def_id AND defendant.place = 1
