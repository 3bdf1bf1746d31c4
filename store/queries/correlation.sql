-- Joining alerts and reports into incidents; the leader alone runs these.

-- name: correlation_pending_alerts
-- Severe ones until they have an incident, minor ones only while another may still come: when these are too many whole streets take turns,
-- so that neighbours meet and none waits for ever behind those that stay alone. What is inhibited joins its parent's incident, so that
-- nothing is hidden, and takes no turn before there is one; what is silenced waits until it is told.
with pending as (
    (select alert_id from alerts a where incident_id is null and stage <> 'normal' and severity <= :opens_alone and not probe
         and (hold = 'none' or (hold = 'suppressed' and hold_ref like 'alert:%%' and exists (
                  select from alerts p where p.alert_id = nullif(split_part(a.hold_ref, ':', 2), '')::bigint and p.incident_id is not null)))
         and rule <> all (cast(:silences as text[]))
     order by severity, alert_id limit :most)
    union
    (select alert_id from alerts a where incident_id is null and stage <> 'normal' and severity > :opens_alone and raised_at > :since and not probe
         and (hold = 'none' or (hold = 'suppressed' and hold_ref like 'alert:%%' and exists (
                  select from alerts p where p.alert_id = nullif(split_part(a.hold_ref, ':', 2), '')::bigint and p.incident_id is not null)))
         and rule <> all (cast(:silences as text[]))
     order by md5(left(area, 9) || :turn), alert_id desc limit :most))
select 'alert' as kind, a.alert_id as part_id, a.title, a.class_code, a.domain, a.severity, a.area, a.cell_id, a.lon, a.lat, a.observed_at as since,
       case when a.stage in ('unack', 'acked') then greatest(:now, a.observed_at) else coalesce(a.returned_at, a.observed_at) end as until,
       a.drill, a.simulated, a.report_id, p.incident_id as parent, case when d.camera then 'video' else coalesce(r.channel, 'sensor') end as channel,
       coalesce(d.reach_m, c.reach_m) as reach_m,
       (select array_agg(j.incident_id) from incident_joins j where j.subject = a.rule || ' ' || a.subject and j.left_at is not null) as apart
from pending join alerts a using (alert_id)
left join alerts p on a.hold = 'suppressed' and p.alert_id = nullif(split_part(a.hold_ref, ':', 2), '')::bigint
left join devices d on d.device_id = a.device_id
left join reports r on r.report_id = a.report_id
left join lateral (select reach_m from devices where camera and (device = r.extra ->> 'camera' or gb_id = r.extra ->> 'camera') limit 1) c on r.channel = 'video'
order by a.severity, a.alert_id limit :most;

-- name: correlation_pending_reports
-- What an incident is called by is read by all: of a confidential ticket that is its number.
select 'report' as kind, report_id as part_id, title_for_all(title, external_id, extra) as title, class_code, null as domain, severity, area, cell_id, lon, lat, observed_at as since,
       coalesce(ended_at, observed_at) as until, drill, simulated, null::bigint as report_id, null::bigint as parent, channel, c.reach_m,
       (select array_agg(j.incident_id) from incident_joins j where j.subject = 'report ' || report_id and j.left_at is not null) as apart
from reports r
left join lateral (select reach_m from devices where camera and (device = r.extra ->> 'camera' or gb_id = r.extra ->> 'camera') limit 1) c on r.channel = 'video'
cross join lateral (select coalesce(r.severity, (select k.severity from unnest(:classes ::text[], :severities ::int2[]) as k (code, severity)
                                                  where k.code = r.class_code), :unclassed) as weight) w
where incident_id is null and stage in ('open', 'confirmed') and not history and processed_at > :since and observed_at > :oldest
order by least(weight, :opens_alone + 1), case when weight > :opens_alone then md5(left(area, 9) || :turn) end, report_id
limit :most;

-- name: correlation_open
select i.incident_id, i.class_code, i.lon, i.lat, i.drill, i.spread_m, least(p.since, i.opened_at) as since, coalesce(p.until, i.opened_at) as until,
       coalesce(p.report_ids, '{}') as report_ids
from incidents i cross join lateral (
    select min(since) as since, max(until) as until, array_agg(report_id) filter (where report_id is not null) as report_ids from (
        select report_id, observed_at as since,
               case when stage in ('unack', 'acked') then (:now)::timestamptz else coalesce(returned_at, observed_at) end as until
        from alerts where incident_id = i.incident_id and (stage <> 'normal' or raised_at > :since)
        union all
        select report_id, observed_at, coalesce(ended_at, observed_at) from reports where incident_id = i.incident_id and observed_at > :oldest) parts) p
where i.stage in ('open', 'confirmed', 'handling');

-- name: correlation_hold_incidents
select incident_id from incidents where incident_id = any (:ids ::bigint[]) and stage in ('open', 'confirmed', 'handling')
order by incident_id for update skip locked;

-- name: correlation_hold_alerts
select alert_id, rule || ' ' || subject as subject from alerts where alert_id = any (:ids ::bigint[]) and incident_id is null order by alert_id for update skip locked;

-- name: correlation_hold_reports
select report_id, 'report ' || report_id as subject from reports where report_id = any (:ids ::bigint[]) and incident_id is null
order by report_id for update skip locked;

-- name: correlation_open_incidents
-- One statement for all; their numbers come in the order of the rows.
insert into incidents (title, class_code, domain, severity, stage, area, cell_id, lon, lat, opened_at, updated_at, drill, simulated, spread_m)
select r.title, r.class_code, r.domain, r.severity, 'open', r.area, r.cell_id, r.lon, r.lat, :now, :now, r.drill, r.simulated, r.spread_m
from rows from (jsonb_to_recordset(:rows) as (title text, class_code text, domain text, severity int2, area text, cell_id int4,
         lon double precision, lat double precision, drill boolean, simulated boolean, spread_m real)) with ordinality as r
order by r.ordinality
returning incident_id;

-- name: correlation_companions
-- The newest parts of each of some incidents, with their places.
select i.incident_id, p.* from unnest(:ids ::bigint[]) as i (incident_id) cross join lateral (
    select j.kind, j.part_id, coalesce(a.lon, r.lon) as lon, coalesce(a.lat, r.lat) as lat
    from (select * from incident_joins n where n.incident_id = i.incident_id and n.left_at is null order by n.join_id desc limit :most) j
    left join alerts a on j.kind = 'alert' and a.alert_id = j.part_id
    left join reports r on j.kind = 'report' and r.report_id = j.part_id) p
where p.lon is not null and p.lat is not null;

-- name: correlation_join_alerts!
-- The version stays: what an officer is writing about it is not stale because the engine joined it meanwhile.
update alerts a set incident_id = p.incident_id, updated_at = :now
from unnest(:ids ::bigint[], :incidents ::bigint[]) as p (alert_id, incident_id) where a.alert_id = p.alert_id and a.incident_id is null;

-- name: correlation_join_reports!
-- The version stays, as of alerts.
update reports r set incident_id = p.incident_id
from unnest(:ids ::bigint[], :incidents ::bigint[]) as p (report_id, incident_id) where r.report_id = p.report_id and r.incident_id is null;

-- name: correlation_settled
-- Nobody has confirmed it, no case came of it, its alerts are back to normal and acknowledged, its reports dismissed or merged.
select incident_id from incidents i
where stage = 'open' and updated_at < :before
  and not exists (select from alerts a where a.incident_id = i.incident_id and a.stage <> 'normal')
  and not exists (select from reports r where r.incident_id = i.incident_id and r.stage in ('open', 'confirmed'))
  and not exists (select from cases c where c.incident_id = i.incident_id)
  and not exists (select from emergencies e where e.incident_id = i.incident_id and e.ended_at is null)
  and (exists (select from alerts a where a.incident_id = i.incident_id) or exists (select from reports r where r.incident_id = i.incident_id))
order by incident_id limit :most for update skip locked;

-- name: correlation_close!
update incidents set stage = 'closed', closed_at = :now, updated_at = :now, version = version + 1 where incident_id = any (:ids ::bigint[]);
