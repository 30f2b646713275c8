-- Internal reviews of how requests were dealt with, each once, as asked for and as completed (CR-FOI-REVIEW).

SELECT number, type, received_date, date_responded, appeal_outcome
FROM foi__foi_case
WHERE type IN ('FOI_IR_TIMELINESS', 'FOI_IR_COMPLIANCE') AND NOT routine
