-- What rules of more than one subject know. Columns of signals stand in the order of core.city_facts.Signal.

-- name: city_changes
-- One statement, one snapshot: what is visible of transactions not older than the horizon, and how far the horizon may move.
select s.horizon as next_horizon, c.change_id, c.xid::text as xid, c.noun, c.key
from (select pg_snapshot_xmin(pg_current_snapshot())::text as horizon) s
left join change_log c on c.xid >= (:horizon)::text::xid8 and c.noun in ('alert', 'report') and c.change_id <> all (:told ::bigint[])
limit :most;

-- name: city_horizon$
select pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: city_alerts_since
select kind, number, report_id, rule, channel, class_code, source, label, at, area, cell, cell_id, duty_grid, lon, lat, drill, simulated, counts, of_city,
       active, known, until
from signal_alerts where stage <> 'normal' or raised_at > :since;

-- name: city_alerts_of
select kind, number, report_id, rule, channel, class_code, source, label, at, area, cell, cell_id, duty_grid, lon, lat, drill, simulated, counts, of_city,
       active, known, until
from signal_alerts where number = any (:ids ::bigint[]);

-- name: city_reports_since
select kind, number, report_id, rule, channel, class_code, source, label, at, area, cell, cell_id, duty_grid, lon, lat, drill, simulated, counts, of_city,
       active, known, until
from signal_reports where processed_at > :since;

-- name: city_reports_of
select kind, number, report_id, rule, channel, class_code, source, label, at, area, cell, cell_id, duty_grid, lon, lat, drill, simulated, counts, of_city,
       active, known, until
from signal_reports where number = any (:ids ::bigint[]);

-- name: city_open
select alert_id, rule, subject, device_id, stage, value, state_known, updated_at, level, severity, title, area, lon, lat, observed_at, drill, simulated
from alerts where stage <> 'normal' and rule = any (:rules ::text[]) and not probe order by alert_id;

-- name: city_places
select level as kind, code, name, code as area, lon, lat from areas
union all
select 'duty_grid', g.code, g.name, g.area, avg(c.lon), avg(c.lat) from duty_grids g left join cells c on c.duty_grid = g.code group by g.code;

-- name: city_states
-- Of a silent device only what a person wrote down is known.
select m.metric, d.device, s.value, s.observed_at as at, d.area, c.cell_code as cell, d.cell_id, c.duty_grid,
       coalesce(d.lon, c.lon) as lon, coalesce(d.lat, c.lat) as lat, d.drill, d.simulated
from metrics m join device_states s using (metric_id) join devices d using (device_id) left join cells c using (cell_id)
where m.metric = any (:metrics ::text[]) and s.observed_at > :since and s.value is not null and s.quality = any (:qualities ::int2[])
  and (d.silent_at is null or s.quality = :by_hand);

-- name: city_figures_counted
select computed_at, count(*)::int as figures from derived
where computed_at >= :since and figure = any (:figures ::text[]) and at > :oldest group by 1 order by 1;

-- name: city_figures
-- The newest of each subject of which any was computed since, in its newest version.
with moved as (select distinct figure, subject from derived where computed_at >= :since and figure = any (:figures ::text[]) and at > :oldest)
select f.figure, f.subject, f.since, f.at, f.value, f.text, f.reason, f.simulated, f.area, a.level as area_level,
       coalesce(a.name, d.name, f.subject) as name, d.device_id, coalesce(d.device, '') as device, coalesce(d.domain, '') as domain, d.kind,
       coalesce(d.tags, '{}') as tags, d.cell_id, c.cell_code, coalesce(a.lon, d.lon, c.lon) as lon, coalesce(a.lat, d.lat, c.lat) as lat
from moved m
cross join lateral (select * from derived n where n.figure = m.figure and n.subject = m.subject order by n.at desc, n.version desc limit 1) f
left join areas a on f.figure like '%%\_area' and a.code = f.subject
left join devices d on a.code is null and d.device = any (array[f.subject, regexp_replace(f.subject, '/[^/]*$', '')])
left join cells c using (cell_id)
where coalesce(d.drill, false) is false
order by f.figure, f.subject;

-- name: city_watch
-- Since when each of these rules is watched; one that is new from now on, one that is no more never was.
with over as (delete from attention where rule = :watched and tile <> all (:names ::text[])),
     begun as (insert into attention (rule, tile, at) select :watched, name, :now from unnest(:names ::text[]) as name
               on conflict (rule, tile) do nothing returning tile, at)
select tile, at from begun union all select tile, at from attention where rule = :watched and tile = any (:names ::text[]);
