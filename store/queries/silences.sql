-- name: silences_list
select to_jsonb(v) || jsonb_build_object('state', case when v.over or v.until <= :now or v.ended_at is not null then 'over' when v."from" > :now then 'planned' else 'active' end,
       'holds', (select count(*) from alerts a where a.hold_ref = 'silence:' || v.id and a.stage <> 'normal')) as shape
from live_silences v
where v.id < :after and (cast(:silence_id as bigint) is null or v.id = :silence_id)
  and exists (select from unnest(v.areas) as a, unnest(cast(:scope as text[])) as p where a like p or p like a || '%%')
  and exists (select from unnest(v.areas) as a where a like cast(:area as text) || '%%' or cast(:area as text) like a || '%%')
  and (cast(:state as text) is null
       or :state = case when v.over or v.until <= :now or v.ended_at is not null then 'over' when v."from" > :now then 'planned' else 'active' end)
order by v.id desc limit :limit;

-- name: silences_lock^
select silence_id, kind, areas, since, until, ended_at, over_at, version from silences where silence_id = :silence_id for update;

-- name: silences_add$
insert into silences (kind, matcher, areas, since, until, by, by_id, why, created_at)
values (:kind, :matcher, :areas, :since, :until, :by, :by_id, :why, :now)
returning silence_id;

-- name: silences_end!
update silences set ended_at = :now, ended_by = :by, ended_why = :why, version = version + 1 where silence_id = :silence_id and version = :version;

-- name: silences_preview
-- Of each rule how many alerts it would hold now, and how many that rang in the last day it would have held.
select a.rule, count(*) filter (where a.stage <> 'normal' and a.hold = 'none') as open, count(*) filter (where a.raised_at > :day) as day
from alerts a left join devices d using (device_id) left join cells c on c.cell_id = a.cell_id
where (a.stage <> 'normal' or a.raised_at > :day) and not a.probe
  and a.area like any (:bounds ::text[]) and a.area like any (:areas ::text[])
  and (cast(:rules as text[]) is null or a.rule = any (cast(:rules as text[])))
  and (cast(:classes as text[]) is null or a.class_code = any (cast(:classes as text[])))
  and (cast(:domains as text[]) is null or a.domain = any (cast(:domains as text[])))
  and (cast(:cells as text[]) is null or c.cell_code = any (cast(:cells as text[])))
  and (cast(:kinds as text[]) is null or d.kind = any (cast(:kinds as text[])))
  and (cast(:devices as text[]) is null or d.device like any (cast(:devices as text[])))
  and (cast(:gateways as text[]) is null or d.gateway = any (cast(:gateways as text[])) or d.device = any (cast(:gateways as text[])))
  and (cast(:tags as text[]) is null or d.tags && cast(:tags as text[]))
  and a.severity between :at_least and :at_most
group by a.rule order by count(*) desc, a.rule;

-- name: silences_unknown_cells
select code from unnest(:cells ::text[]) as code where not exists (select from cells c where c.cell_code = code and c.area like any (:bounds ::text[]));
