-- Who was represented in a family case, one row a case (CR-FAM-REPRESENTATION): both sides, one of them, or neither.
--
-- A local authority that applies in public law counts as represented, whatever was entered.

SELECT
    case_number,
    CASE
        WHEN applicant AND respondent THEN 'BOTH'
        WHEN applicant THEN 'APPLICANT'
        WHEN respondent THEN 'RESPONDENT'
        ELSE 'NEITHER'
    END AS representation
FROM (
    SELECT
        role.case_number,
        MAX(CASE
            WHEN kinds.party = 'applicant'
                AND (role.representative_role IS NOT NULL OR (kase.case_type = 'C' AND party.company IS NOT NULL))
                THEN 1 ELSE 0
        END) = 1 AS applicant,
        MAX(CASE WHEN kinds.party = 'respondent' AND role.representative_role IS NOT NULL THEN 1 ELSE 0 END) = 1
            AS respondent
    FROM familyman__role AS role
    INNER JOIN codes__family_role AS kinds ON kinds.code = role.role_model
    LEFT JOIN familyman__case AS kase ON kase.case_number = role.case_number
    LEFT JOIN familyman__party AS party ON party.party = role.party
    WHERE role.delete_flag = 'N'
    GROUP BY role.case_number
) AS sides
