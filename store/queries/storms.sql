-- name: storms_arrivals$
-- What became new work for the desk: incidents, and alerts and reports that joined none. Notices (5) wait for nobody.
select (select count(*) from incidents where opened_at > :since and opened_at <= :now and severity < 5 and not drill)
     + (select count(*) from alerts where raised_at > :since and raised_at <= :now and severity < 5 and incident_id is null and hold = 'none'
          and not drill and not probe and verdict is distinct from 'test')
     + (select count(*) from reports where processed_at > :since and processed_at <= :now and incident_id is null and stage = 'open' and not history
          and ended_at is null and not drill
          and not exists (select from alerts a where a.report_id = reports.report_id and a.stage <> 'normal'));

-- name: storms_open^
select storm_id, began_at, calm_since from storms where ended_at is null for update;

-- name: storms_begin^
insert into storms (area, began_at, arrivals, capacity) values (:area, :now, :arrivals, :capacity)
on conflict ((true)) where ended_at is null do nothing returning storm_id;

-- name: storms_peak!
update storms set arrivals = greatest(arrivals, :arrivals), capacity = :capacity where storm_id = :storm_id and arrivals < :arrivals;

-- name: storms_calm!
update storms set calm_since = :calm_since where storm_id = :storm_id;

-- name: storms_end!
update storms set ended_at = :now, report = :report where storm_id = :storm_id and ended_at is null;

-- name: storms_change!
insert into change_log (processed_at, area, noun, key, before, after)
select :now, area, 'storm', storm_id::text, null,
       jsonb_build_object('id', storm_id, 'area', area, 'began_at', began_at, 'ended_at', ended_at, 'capacity', capacity, 'version', 1)
from storms where storm_id = :storm_id;

-- name: storms_told^
select storm_id as id, area, began_at, ended_at, capacity from storms where ended_at is null;

-- name: storms_last
select storm_id as id, began_at, ended_at, arrivals, capacity, report from storms order by storm_id desc limit :limit;

-- name: storms_groups
-- Everything that stands open, by street and class: an incident stands for its parts, whose number counts.
with signals as (
    select street_of(area) as street, coalesce(class_code, '') as class_code, severity, raised_at as since, 1 as alerts, 0 as reports,
           incident_id, (stage in ('unack', 'rtn_unack'))::int as unack, simulated
    from alerts where stage <> 'normal' and severity < 5 and hold = 'none' and not drill and not probe and area like any(cast(:areas as text[]))
    union all
    select street_of(r.area), coalesce(r.class_code, ''), coalesce(r.severity, 4), r.observed_at, 0, 1, r.incident_id, (r.stage = 'open' and r.incident_id is null)::int, r.simulated
    from reports r left join incidents i using (incident_id)
    where r.stage in ('open', 'confirmed') and not r.history and r.ended_at is null and not r.drill and r.area like any(cast(:areas as text[]))
      and (r.incident_id is null or i.stage in ('open', 'confirmed', 'handling'))
      and r.processed_at > :since)
select street, class_code, min(severity)::int as worst, count(*)::int as signals, sum(alerts)::int as alerts, sum(reports)::int as reports,
       count(distinct incident_id)::int as incidents, sum(unack)::int as unack, min(since) as oldest_at, max(since) as newest_at, bool_and(simulated) as simulated
from signals group by street, class_code
order by count(*) desc, street, class_code limit :limit;

-- name: storms_step_known
select street, class_code, max(step)::int as step from storm_steps where storm_id = :storm_id group by street, class_code;

-- name: storms_step!
insert into storm_steps (storm_id, street, class_code, step, at) values (:storm_id, :street, :class_code, :step, :now) on conflict do nothing;

-- name: storms_rings
-- Each raising, as far as it is remembered: the row's own, and those it counted.
select distinct rule, subject, severity, title, at
from (select rule, subject, severity, title, unnest(rings || raised_at) as at from alerts
      where (raised_at >= :since or rings[array_upper(rings, 1)] >= :since) and raised_at < :until and area like any(cast(:areas as text[]))
        and not drill and not probe and verdict is distinct from 'test') told
where at >= :since and at < :until order by at limit 200000;

-- name: storms_stale$
select count(*) from alerts where stage in ('unack', 'acked') and raised_at < :before and not drill and not probe and hold <> 'out_of_service'
  and area like any(cast(:areas as text[]));

-- name: storms_officers$
select count(*) from shifts where stage <> 'ended';
