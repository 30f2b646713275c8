-- Numbers of the Police National Computer that were merged into another, each with the number that stands for the person
-- now. A number that is merged into one that was itself merged later is followed one step further; a number
-- that is not here stands for itself, one that was weeded too.

SELECT
    first_merge.old_pnc_id AS pnc_id,
    COALESCE(second_merge.new_pnc_id, first_merge.new_pnc_id) AS person
FROM pnc__pnc_merge AS first_merge
LEFT JOIN pnc__pnc_merge AS second_merge
    ON second_merge.old_pnc_id = first_merge.new_pnc_id AND second_merge.reason = 'MERGED'
WHERE first_merge.reason = 'MERGED'
