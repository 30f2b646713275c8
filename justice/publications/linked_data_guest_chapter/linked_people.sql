-- People in the linked data with the number of sources in which they have a record (CR-LINKED-PEOPLE).

SELECT person, linked_on, CAST(COUNT(DISTINCT source) AS VARCHAR) AS sources
FROM linked_records
GROUP BY person, linked_on
