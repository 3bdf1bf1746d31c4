-- What the projector reads and writes, and what snapshots and streams read. Nothing here knows a person.

-- name: live_cursor^
select sequence, horizon::text as horizon from live_cursor;

-- name: live_horizon$
-- Every transaction older than this is finished and visible.
select pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: live_changes
-- One statement, one snapshot: what is visible of transactions not older than the horizon, and how far the horizon may move.
select s.horizon as next_horizon, c.change_id, c.xid::text as xid, c.noun, c.key, c.area, c.before, c.after
from (select pg_snapshot_xmin(pg_current_snapshot())::text as horizon) s
left join change_log c on c.xid >= (:horizon)::text::xid8 and c.change_id <> all (:told ::bigint[])
order by c.change_id
limit :most;

-- name: live_streets
select code from areas where level = 'street' order by code;

-- name: live_cells
select cell_id, street_of(area) as street, lon, lat from cells order by cell_id;

-- name: live_devices
-- `silenced`: what proves the path or plays an exercise is known, and counts nowhere.
select d.device_id, street_of(d.area) as street, coalesce(d.lon, c.lon) as lon, coalesce(d.lat, c.lat) as lat, d.placement,
       d.silent_at is not null as silent, d.presence, d.domain, d.area, d.interval_s, d.device, d.kind, d.tags, c.cell_code, d.probe or d.drill as silenced
from devices d left join cells c using (cell_id)
where (:since)::timestamptz is null or d.updated_at > :since or d.device_id = any (:devices ::integer[])
order by d.device_id;

-- name: live_metrics
select metric_id, metric from metrics;

-- name: live_states_of$
-- Fixed 32-byte rows, big-endian: a row of Python values costs ten times as much.
select coalesce(string_agg(int4send(device_id) || int2send(metric_id) || int2send(quality) || float8send(coalesce(value, 'NaN'))
       || float8send(extract(epoch from observed_at)::float8) || float8send(extract(epoch from updated_at)::float8), ''::bytea), ''::bytea)
from device_states where device_id = any (:devices ::integer[]);

-- name: live_states_since$
select coalesce(string_agg(int4send(device_id) || int2send(metric_id) || int2send(quality) || float8send(coalesce(value, 'NaN'))
       || float8send(extract(epoch from observed_at)::float8) || float8send(extract(epoch from updated_at)::float8), ''::bytea), ''::bytea)
from device_states where updated_at > :since;

-- name: live_counted_alerts
select to_jsonb(v) as shape from live_alerts v where (v.stage <> 'normal' or v.acked_at >= :day) and not v.probe;

-- name: live_counted_cases
select to_jsonb(v) as shape from live_cases v
where v.closed_at is null or v.opened_at >= :day or v.closed_at >= :day or (v.due_at >= :day and v.due_at < :tomorrow);

-- name: live_counted_reports
select to_jsonb(v) as shape from live_reports v where not v.history and (v.received_at >= :day or v.stage in ('open', 'confirmed') and v.received_at >= :since);

-- name: live_move_cursor!
-- Compare and set: a projector that was overtaken moves nothing.
update live_cursor set sequence = :sequence, horizon = (:horizon)::text::xid8 where sequence = :expected;

-- name: live_tell!
insert into live_deltas (sequence, area, created_at, payload)
select :sequence, part.area, :at, part.payload from unnest(:areas ::text[], :payloads ::text[]) as part (area, payload);

-- name: live_forget!
delete from live_deltas where created_at < :before;

-- name: live_keep_cells*!
insert into cell_values (street, measure, updated_at, cell_ids, classes, figures) values (:street, :measure, :at, :cell_ids, :classes, :figures)
on conflict (street, measure) do update
set updated_at = excluded.updated_at, cell_ids = excluded.cell_ids, classes = excluded.classes, figures = excluded.figures;

-- name: live_drop_cells!
delete from cell_values where updated_at < :at;

-- name: live_deltas_after
select sequence, area, created_at, payload from live_deltas where sequence > :after order by sequence, area limit :most;

-- name: live_oldest^
-- `told_at`: the projector's last sign of life, whether it had something to tell or not.
select c.sequence, (select min(sequence) from live_deltas) as oldest,
       greatest((select max(created_at) from live_deltas), (select updated_at from wire_memory where feed = 'jobs' and peer = 'projector')) as told_at
from live_cursor c;

-- name: live_sign!
insert into wire_memory (feed, peer, memory, updated_at) values ('jobs', 'projector', '', :at)
on conflict (feed, peer) do update set updated_at = excluded.updated_at;

-- name: live_cell_values
select street, measure, updated_at, cell_ids, classes, figures from cell_values;

-- name: live_snapshot_alerts
select to_jsonb(v) as shape from live_alerts v where v.stage <> 'normal' and not v.probe order by v.severity, v.raised_at desc limit :most;

-- name: live_snapshot_cases
select to_jsonb(v) as shape from live_cases v where v.closed_at is null order by v.severity, v.opened_at desc limit :most;

-- name: live_snapshot_incidents
select to_jsonb(v) as shape from live_incidents v where v.stage in ('open', 'confirmed', 'handling') order by v.severity, v.opened_at desc limit :most;

-- name: live_snapshot_reports
select to_jsonb(v) as shape from live_reports v
where not v.history and v.stage in ('open', 'confirmed')
  and (v.observed_at >= :since or (v.channel = 'weather' and v.ended_at is null and v.ends_at > :since))  -- a warning stands until it ends
order by v.observed_at desc limit :most;

-- name: live_trend
-- Notices (severity 5: a silent device) say what is not known, not that something happened: they are no signals.
select (extract(epoch from date_bin(make_interval(secs => :bucket_s), at, :since))::bigint) as bucket, street, domain, class_code, count(*)::integer as n
from (select raised_at as at, street_of(area) as street, domain, class_code from alerts where raised_at >= :since and severity < 5 and not drill and not probe and verdict is distinct from 'test'
      union all
      select observed_at, street_of(area), null, class_code from reports where observed_at >= :since and observed_at <= :now and not drill and not history) s
group by 1, 2, 3, 4 order by 1;

-- name: live_weather
select m.metric, avg(s.value) as value from device_states s join metrics m using (metric_id) join devices d using (device_id)
where m.metric in ('temperature', 'wind_speed', 'pm25') and s.quality = 0 and s.value is not null and s.updated_at > :since and d.silent_at is null
  and not d.drill and not d.probe
group by 1;

-- name: live_feeds
select feed,
       (array_agg(state order by (state = 'connected') desc, updated_at desc))[1] as state, max(since) as since,
       (array_agg(detail order by updated_at desc))[1] as detail,
       sum(accepted)::bigint as accepted, sum(duplicates)::bigint as duplicates, sum(rejected)::bigint as rejected,
       max(last_at) as last_at, max(updated_at) as updated_at
from feed_health group by feed order by feed;

-- name: live_marks^
-- Every device and every open row is asked: one of many thousands may be the drill. An exercise lasts as long as its stand-ins speak or anything of
-- it is open; that they are silent since (a notice) is no exercise.
with shown as (
    select simulated, drill and severity < 5 as drill from alerts where stage <> 'normal' and not probe and (simulated or drill)
    union all select simulated, drill from incidents where stage in ('open', 'confirmed', 'handling') and (simulated or drill)
    union all select simulated, drill from cases where closed_at is null and (simulated or drill)
    union all select simulated, drill from reports where not history and stage in ('open', 'confirmed') and observed_at >= :since and (simulated or drill))
select exists (select from devices where simulated) or exists (select from shown where simulated) as simulated,
       exists (select from devices where drill and silent_at is null and presence <> 'offline') or exists (select from shown where drill) as drill;

-- name: live_storm$
select jsonb_build_object('id', storm_id, 'area', area, 'began_at', began_at, 'ended_at', null, 'capacity', capacity, 'version', 1)
from storms where ended_at is null;
