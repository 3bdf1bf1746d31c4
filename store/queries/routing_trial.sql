-- Past cases on which a routing rule is tried before it is kept.

-- name: routing_trial_cases
-- The last ones, with who has them or had them; nothing of what they say.
select c.case_number, c.class_code, c.condition_no, c.component_code, c.area, s.name as street, c.cell_id, c.opened_at, c.stage,
       u.unit_id as unit, u.name as unit_name, u.name_en as unit_name_en
from cases c left join units u on u.unit_id = c.lead_unit left join areas s on s.code = left(c.area, 9)
where not c.drill order by c.opened_at desc, c.case_number limit :limit;
