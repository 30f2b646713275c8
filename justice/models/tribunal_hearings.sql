-- Hearings listed in tribunals, each once, with the jurisdiction of their case (CR-TRIB-HEARING). One of a case that is not
-- known counts under other jurisdictions.

SELECT
    hearing.source_system,
    hearing.case_ref,
    hearing.hearing_no,
    COALESCE(tribunal_cases.jurisdiction, 'OTHER') AS jurisdiction,
    hearing.listed_date,
    hearing.outcome,
    hearing.judge_type,
    hearing.duration_days
FROM tribunals__trib_hearing AS hearing
LEFT JOIN tribunal_cases
    ON tribunal_cases.source_system = hearing.source_system AND tribunal_cases.case_ref = hearing.case_ref
