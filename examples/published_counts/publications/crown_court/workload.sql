SELECT
  w.quarter_end,
  w.receipts,
  w.disposals,
  w.open_cases
FROM crown_court__workload AS w
