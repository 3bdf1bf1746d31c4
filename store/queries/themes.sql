-- The lists of theme pages: [key, title, note, area, area_name, at, state, severity, lon, lat, told, simulated], and of the whole list n, worst and quiet.
-- Drills stand in none. `places`: beginnings of area codes the theme is about.

-- name: themes_devices
select x.*, count(*) over () as n, min(severity) over () as worst, count(*) filter (where state <> 'speaking') over () as quiet
from (select d.device as key, d.name as title, coalesce(d.kind, '') as note, d.area, a.name as area_name, s.at,
             case when d.silent_at is not null then 'silent' when s.at is null then 'unknown' else 'speaking' end as state,
             (select min(al.severity) from alerts al where al.device_id = d.device_id and al.stage <> 'normal' and al.severity < 5 and not al.drill) as severity,
             d.lon, d.lat, s.told, d.simulated
      from devices d left join areas a on a.code = d.area
      left join lateral (select max(v.observed_at) as at,
                                jsonb_agg(jsonb_build_object('metric', m.metric, 'value', v.value, 'text', v.text, 'at', v.observed_at) order by m.metric)
                                    filter (where cast(:metrics as text[]) is null or m.metric = any(cast(:metrics as text[]))) as told
                         from device_states v join metrics m using (metric_id) where v.device_id = d.device_id) s on true
      where not d.drill and not d.probe and not d.camera and d.area like any(cast(:areas as text[])) and d.area like any(cast(:places as text[]))
        and (cast(:domains as text[]) is null or d.domain = any(cast(:domains as text[])))
        and (cast(:kinds as text[]) is null or d.kind = any(cast(:kinds as text[])))
        and (cast(:metrics as text[]) is null
             or exists (select from device_states v join metrics m using (metric_id) where v.device_id = d.device_id and m.metric = any(cast(:metrics as text[])))
             or exists (select from device_metrics dm join metrics m using (metric_id)
                        where dm.device_id = d.device_id and coalesce(dm.name, m.metric) = any(cast(:metrics as text[]))))) x
order by severity nulls last, state = 'speaking', title, key limit :limit offset :offset;

-- name: themes_enterprises
select e.code as key, e.name as title, e.kind as note, e.area, a.name as area_name, e.risk_at as at,
       case when h.n > 0 then 'hazards' else 'listed' end as state, e.risk as severity, e.lon, e.lat, jsonb_build_object('hazards', h.n) as told, e.simulated,
       count(*) over () as n, min(e.risk) over () as worst, count(*) filter (where e.risk is null) over () as quiet
from enterprises e left join areas a on a.code = e.area
left join lateral (select count(*) as n from hazards h where h.enterprise_id = e.enterprise_id and h.ended_at is null and not h.drill) h on true
where not e.drill and e.ended_at is null and e.area like any(cast(:areas as text[])) and e.area like any(cast(:places as text[]))
  and (cast(:kinds as text[]) is null or e.kind = any(cast(:kinds as text[])))
  and (cast(:risks as integer[]) is null or e.risk = any(cast(:risks as integer[])))
order by e.risk nulls last, h.n desc, e.code limit :limit offset :offset;

-- name: themes_hazards
select h.hazard_id::text as key, h.title, coalesce(e.name, h.address) as note, h.area, a.name as area_name, h.due_at as at,
       case when h.overdue_at is not null then 'overdue' else h.stage end as state, case h.level when 'major' then 1 else 3 end as severity,
       h.lon, h.lat, null::jsonb as told, h.simulated,
       count(*) over () as n, min(case h.level when 'major' then 1 else 3 end) over () as worst, count(*) filter (where h.overdue_at is not null) over () as quiet
from hazards h left join enterprises e using (enterprise_id) left join areas a on a.code = h.area
where not h.drill and h.ended_at is null and h.area like any(cast(:areas as text[])) and h.area like any(cast(:places as text[]))
  and (cast(:kinds as text[]) is null or e.kind = any(cast(:kinds as text[]))) and (not :major or h.level = 'major')
order by h.overdue_at is null, h.level desc, h.due_at nulls last, h.hazard_id limit :limit offset :offset;

-- name: themes_alerts
select l.alert_id::text as key, l.title, coalesce(d.name, '') as note, l.area, a.name as area_name, l.raised_at as at, l.stage as state, l.severity,
       l.lon, l.lat, null::jsonb as told, l.simulated,
       count(*) over () as n, min(l.severity) over () as worst, count(*) filter (where l.acked_at is null) over () as quiet
from alerts l left join devices d using (device_id) left join areas a on a.code = l.area
where not l.drill and not l.probe and l.stage <> 'normal' and l.severity < 5 and l.verdict is distinct from 'test'
  and l.area like any(cast(:areas as text[])) and l.area like any(cast(:places as text[]))
  and (cast(:classes as text[]) is null or l.class_code like any(cast(:classes as text[])))
  and (cast(:domains as text[]) is null or l.domain = any(cast(:domains as text[])))
order by l.severity, l.raised_at desc, l.alert_id limit :limit offset :offset;

-- name: themes_cases
select c.case_number as key, c.title, coalesce(c.address, '') as note, c.area, a.name as area_name, c.due_at as at,
       case when c.overdue_at is not null then 'overdue' else c.stage end as state, c.severity, c.lon, c.lat, null::jsonb as told, c.simulated,
       count(*) over () as n, min(c.severity) over () as worst, count(*) filter (where c.overdue_at is not null) over () as quiet
from cases c left join areas a on a.code = c.area
where not c.drill and c.closed_at is null and c.stage not in ('voided', 'declined')
  and c.area like any(cast(:areas as text[])) and c.area like any(cast(:places as text[]))
  and (cast(:classes as text[]) is null or c.class_code like any(cast(:classes as text[])))
order by c.overdue_at is null, c.severity, c.due_at nulls last, c.case_number limit :limit offset :offset;

-- name: themes_complaints
select r.report_id::text as key, title_for_all(r.title, r.external_id, r.extra) as title, r.source as note, r.area, a.name as area_name, r.observed_at as at,
       r.stage as state, coalesce(r.severity, 4) as severity, r.lon, r.lat, null::jsonb as told, r.simulated,
       count(*) over () as n, min(coalesce(r.severity, 4)) over () as worst, count(*) filter (where r.placement <> 'inside') over () as quiet
from reports r left join areas a on a.code = r.area
where not r.drill and not r.history and r.channel in ('hotline', 'public') and r.stage = 'open' and r.ended_at is null
  and r.area like any(cast(:areas as text[])) and r.area like any(cast(:places as text[]))
  and (cast(:classes as text[]) is null or r.class_code like any(cast(:classes as text[])))
order by r.observed_at desc, r.report_id limit :limit offset :offset;

-- name: themes_resources
select r.code as key, r.name as title, r.kind as note, r.area, a.name as area_name, r.updated_at as at,
       case when r.out_at is not null then 'out' else 'ready' end as state, null::integer as severity, r.lon, r.lat,
       jsonb_build_object('quantity', r.quantity, 'measure', r.measure) as told, false as simulated,
       count(*) over () as n, null::integer as worst, count(*) filter (where r.out_at is not null) over () as quiet
from resources r left join areas a on a.code = r.area
where r.area like any(cast(:areas as text[])) and r.area like any(cast(:places as text[]))
  and (cast(:kinds as text[]) is null or r.kind = any(cast(:kinds as text[]))) and (cast(:tags as text[]) is null or r.tags && cast(:tags as text[]))
order by r.out_at is not null, r.name, r.code limit :limit offset :offset;
