-- Releases on home detention curfew, a row each, with the day of recall of those who were recalled (CR-HDC).

SELECT released_date, recalled_date, recall_reason
FROM nomis_iis__hdc
