-- Joining alerts and reports into incidents; the leader alone runs these.

-- name: correlation_pending_alerts
select 'alert' as kind, alert_id as part_id, title, class_code, domain, severity, area, cell_id, lon, lat, observed_at as since,
       case when stage in ('unack', 'acked') then greatest(:now, observed_at) else coalesce(returned_at, observed_at) end as until,
       drill, simulated, report_id
from alerts
where incident_id is null and stage <> 'normal' and hold = 'none' and raised_at > :since and rule <> all (cast(:silences as text[]))
order by severity, alert_id limit :most;

-- name: correlation_pending_reports
select 'report' as kind, report_id as part_id, title, class_code, null as domain, severity, area, cell_id, lon, lat, observed_at as since,
       coalesce(ended_at, observed_at) as until, drill, simulated, null::bigint as report_id
from reports
where incident_id is null and stage in ('open', 'confirmed') and not history and processed_at > :since and observed_at > :oldest
order by coalesce(severity, (select k.severity from unnest(:classes ::text[], :severities ::int2[]) as k (code, severity) where k.code = class_code), :unclassed),
         report_id
limit :most;

-- name: correlation_hold_incident^
select incident_id from incidents where incident_id = :incident_id and stage in ('open', 'confirmed', 'handling') for update skip locked;

-- name: correlation_hold_alerts
select alert_id from alerts where alert_id = any (:ids ::bigint[]) and incident_id is null order by alert_id for update skip locked;

-- name: correlation_hold_reports
select report_id from reports where report_id = any (:ids ::bigint[]) and incident_id is null order by report_id for update skip locked;

-- name: correlation_open
select i.incident_id, i.class_code, i.lon, i.lat, i.drill,
       least(min(p.since), i.opened_at) as since, coalesce(max(p.until), i.opened_at) as until,
       coalesce(array_agg(p.report_id) filter (where p.report_id is not null), '{}') as report_ids
from incidents i left join (
    select incident_id, report_id, observed_at as since,
           case when stage in ('unack', 'acked') then (:now)::timestamptz else coalesce(returned_at, observed_at) end as until
    from alerts where incident_id is not null and (stage <> 'normal' or raised_at > :since)
    union all
    select incident_id, report_id, observed_at, coalesce(ended_at, observed_at) from reports where incident_id is not null and observed_at > :oldest) p using (incident_id)
where i.stage in ('open', 'confirmed', 'handling')
group by i.incident_id;

-- name: correlation_open_incident^
insert into incidents (title, class_code, domain, severity, stage, area, cell_id, lon, lat, opened_at, updated_at, drill, simulated)
values (:title, :class_code, :domain, :severity, 'open', :area, :cell_id, :lon, :lat, :now, :now, :drill, :simulated)
returning incident_id;

-- name: correlation_worsen!
-- The worst part names the incident; a person's word on it (another title) would be an act, and there is none yet.
update incidents set severity = least(severity, :severity), title = case when :severity < severity then :title else title end,
       updated_at = :now, simulated = simulated and :simulated, version = version + 1
where incident_id = :incident_id and stage in ('open', 'confirmed', 'handling');

-- name: correlation_join_alerts!
update alerts set incident_id = :incident_id, updated_at = :now, version = version + 1 where alert_id = any (:ids ::bigint[]) and incident_id is null;

-- name: correlation_join_reports!
update reports set incident_id = :incident_id, version = version + 1 where report_id = any (:ids ::bigint[]) and incident_id is null;

-- name: correlation_settled
-- Nobody has confirmed it, no case came of it, its alerts are back to normal and acknowledged, its reports dismissed or merged.
select incident_id from incidents i
where stage = 'open' and updated_at < :before
  and not exists (select from alerts a where a.incident_id = i.incident_id and a.stage <> 'normal')
  and not exists (select from reports r where r.incident_id = i.incident_id and r.stage in ('open', 'confirmed'))
  and not exists (select from cases c where c.incident_id = i.incident_id)
  and (exists (select from alerts a where a.incident_id = i.incident_id) or exists (select from reports r where r.incident_id = i.incident_id))
order by incident_id limit :most for update skip locked;

-- name: correlation_close!
update incidents set stage = 'closed', closed_at = :now, updated_at = :now, version = version + 1 where incident_id = any (:ids ::bigint[]);
