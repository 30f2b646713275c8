-- Requests for language services as the contractor's last snapshot has them, each once (CR-LANG-REQUEST).
--
-- A request is completed when the day of its assignment has passed and it is known what became of it, whatever that was. It
-- counts in the period of that day. Those outside the contract are counted apart (CR-LANG-SUCCESS).

SELECT
    request.request_id,
    request.requester_type,
    request.language,
    request.required_date,
    request.off_contract,
    request.status,
    request.status IS NOT NULL AND NOT request.off_contract AS completed,
    request.status IS NOT NULL AND NOT request.off_contract AND outcome.counted = 'Y' AS judged,
    request.status IS NOT NULL AND NOT request.off_contract AND outcome.success = 'Y' AS successful
FROM language__lang_request AS request
LEFT JOIN codes__language_status AS outcome ON outcome.code = request.status
WHERE request._period = (SELECT MAX(_period) FROM language__lang_request)
