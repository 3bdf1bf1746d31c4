-- Class standards: class × condition with its limit, as the city's table has them.

-- name: standards_all
select standard_id, kind, class_code, condition_no, big_name, name, condition, closing, amount, unit, limit_text, stage_limits, units, authorities,
       lead_unit, source, ended_at
from class_standards where kind = :kind order by class_code, condition_no;

-- name: standards_lock!
-- Two who take a table at once would otherwise both find what they saw. Who reads is not kept waiting.
lock table class_standards in share row exclusive mode;

-- name: standards_list
select s.kind, s.class_code, s.condition_no, s.big_name, s.name, s.condition, s.closing, s.amount, s.unit, s.limit_text, s.stage_limits, s.units, s.authorities,
       coalesce(s.lead_unit, u.code) as lead_unit, s.source, s.imported_at, s.ended_at
from class_standards s
left join lateral (select code from units where name = any(s.units) and disabled_at is null order by array_position(s.units, name) limit 1) u on true
where (cast(:kind as text) is null or s.kind = :kind) and (cast(:class_code as text) is null or s.class_code = :class_code)
  and (:ended or s.ended_at is null)
order by s.kind desc, s.class_code, s.condition_no;

-- name: standards_find^
-- The condition's row; of an unknown one the strictest is not guessed: the class's first that holds. An ended row still holds for who names it,
-- and with `ended` where none holds any more.
select s.kind, s.class_code, s.condition_no, s.big_name, s.name, s.condition, s.closing, s.amount, s.unit, s.limit_text, s.stage_limits, s.units, s.authorities,
       coalesce(s.lead_unit, u.code) as lead_unit
from class_standards s
left join lateral (select code from units where name = any(s.units) and disabled_at is null order by array_position(s.units, name) limit 1) u on true
where s.kind = :kind and s.class_code = :class_code
  and (s.condition_no = cast(:condition_no as integer) or (cast(:condition_no as integer) is null and (:ended or s.ended_at is null)))
order by s.ended_at is not null, s.condition_no limit 1;

-- name: standards_save*!
insert into class_standards (kind, class_code, condition_no, big_name, name, condition, closing, amount, unit, limit_text, stage_limits, units, authorities,
    lead_unit, source, imported_at)
values (:kind, :class_code, :condition_no, :big_name, :name, :condition, :closing, :amount, :unit, :limit_text, :stage_limits, :units, :authorities,
    :lead_unit, :source, :now)
on conflict (kind, class_code, condition_no) do update set big_name = excluded.big_name, name = excluded.name, condition = excluded.condition,
    closing = excluded.closing, amount = excluded.amount, unit = excluded.unit, limit_text = excluded.limit_text, stage_limits = excluded.stage_limits,
    units = excluded.units, authorities = excluded.authorities, lead_unit = excluded.lead_unit, source = excluded.source,
    imported_at = excluded.imported_at, ended_at = null;

-- name: standards_end!
update class_standards set ended_at = :now where standard_id = any(:ids) and ended_at is null;
