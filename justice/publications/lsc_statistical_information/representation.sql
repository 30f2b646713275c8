-- Applications for representation orders in criminal courts, each once, with what was decided (CR-LA-ORDER).

SELECT
    applied.maat_id,
    applied.case_type,
    applied.date_received,
    applied.decision_date,
    applied.decision_reason,
    COALESCE(decision.granted = 'Y', FALSE) AS granted,
    COALESCE(decision.granted = 'Y' AND applied.means_result = 'CONTRIBUTION', FALSE) AS with_contribution,
    DATE_DIFF('day', applied.date_received, applied.decision_date) AS days_to_decision
FROM maat__rep_order AS applied
LEFT JOIN codes__maat_decision AS decision ON decision.code = applied.decision_reason
