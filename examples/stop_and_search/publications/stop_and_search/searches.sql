SELECT
  s.search_date,
  s.type AS search_type,
  s.object_of_search,
  s.outcome,
  s.self_defined_ethnicity,
  s.age_range
FROM stop_search__search AS s
