-- What the parts of incidents say together.

-- name: incident_sums_marked
select distinct incident_id from incident_marks order by incident_id limit :most;

-- name: incident_sums_hold
select incident_id from incidents where incident_id = any (:ids ::bigint[]) order by incident_id for update skip locked;

-- name: incident_sums_unmark!
delete from incident_marks where incident_id = any (:ids ::bigint[]);

-- name: incident_sums_read
-- An alert that a report of the same incident raised is the same thing: it can be the worst, but it is counted once. A report whose alert was
-- judged to be nothing is nothing too. An incident without a place takes that of its worst part that has one. A confidential ticket has its number
-- for a title; where nothing is left that says something, that replaces whatever the incident was called by before.
with parts as materialized (
    select a.incident_id, 'alert' as kind, a.alert_id as part_id, a.class_code, a.area, a.cell_id, a.lon, a.lat, a.title, a.severity, a.observed_at as since, a.simulated,
           coalesce(a.verdict, 'real') = 'real' as says, m.metric,
           case when d.camera then 'video' when r.report_id is not null then r.channel when a.device_id is not null then 'sensor' else 'rule' end as channel,
           coalesce(r.incident_id = a.incident_id, false) as twin, false as secret
    from alerts a left join reports r using (report_id) left join devices d on d.device_id = a.device_id left join metrics m on m.metric_id = a.metric_id
    where a.incident_id = any (:ids ::bigint[]) and not a.probe
    union all
    select r.incident_id, 'report', r.report_id, r.class_code, r.area, r.cell_id, r.lon, r.lat, title_for_all(r.title, r.external_id, r.extra),
           coalesce(r.severity, (select k.severity from unnest(:classes ::text[], :severities ::int2[]) as k (code, severity) where k.code = r.class_code), :unclassed),
           r.observed_at, r.simulated, r.stage <> 'dismissed' and not exists (
               select from alerts a where a.report_id = r.report_id and a.incident_id = r.incident_id and a.verdict in ('false_alarm', 'test')),
           null, r.channel, false, coalesce(r.extra ->> 'confidential' = 'true', false)
    from reports r where r.incident_id = any (:ids ::bigint[])),
worst as (
    select distinct on (incident_id) incident_id, title, severity from parts where says order by incident_id, severity, since, kind, part_id),
secrets as (
    select incident_id, min(title) as title from (
        select incident_id, title from parts where secret
        union all select incident_id, title from tickets_that_left where incident_id = any (:ids ::bigint[])) t
    group by 1),
placed as (
    select distinct on (incident_id) incident_id, class_code, area, cell_id, lon, lat from parts
    where says and lon is not null and lat is not null order by incident_id, severity, since, kind, part_id),
counts as (
    select incident_id, jsonb_agg(jsonb_build_array(channel, metric, n) order by channel <> 'sensor', channel <> 'video', channel, metric) as counts from (
        select incident_id, channel, metric, count(*) as n from parts where says and not twin group by 1, 2, 3) c
    group by 1),
spans as (
    select incident_id, min(since) filter (where says) as since, bool_and(simulated) as simulated from parts group by 1)
select i.incident_id, i.title, i.severity, i.text, i.parts, i.simulated, i.by_hand, coalesce(w.title, x.title) as worst_title, w.severity as worst_severity,
       coalesce(c.counts, '[]') as counts, coalesce(i.class_code, p.class_code) as class_code, case when i.lon is null then coalesce(p.area, i.area) else i.area end as area,
       case when i.lon is null then p.cell_id else i.cell_id end as cell_id, coalesce(i.lon, p.lon) as lon, coalesce(i.lat, p.lat) as lat, i.lon is null and p.lon is not null as is_placed,
       s.since, s.simulated as all_simulated, coalesce(ar.name, street.name) as place
from incidents i join spans s using (incident_id) left join worst w using (incident_id) left join counts c using (incident_id)
left join placed p using (incident_id) left join secrets x using (incident_id)
left join areas ar on ar.code = i.area left join areas street on street.code = left(i.area, 9);

-- name: incident_sums_save!
update incidents i set severity = r.severity, title = r.title, text = r.text, parts = r.parts, simulated = r.simulated,
       class_code = r.class_code, area = r.area, cell_id = r.cell_id, lon = r.lon, lat = r.lat, updated_at = :now, version = i.version + 1
from jsonb_to_recordset(:rows) as r (incident_id bigint, severity int2, title text, text text, parts jsonb, simulated boolean,
     class_code text, area text, cell_id int4, lon double precision, lat double precision)
where i.incident_id = r.incident_id;

-- name: incident_sums_veil
-- One that nothing is left of says what it said; but for the words of a ticket that became confidential after it was taken away. A person's word stands.
update incidents i set title = t.title, updated_at = :now, version = i.version + 1
from (select incident_id, min(title) as title from tickets_that_left where incident_id = any (:ids ::bigint[]) group by 1) t
where i.incident_id = t.incident_id and i.title <> t.title and not 'title' = any (i.by_hand)
  and not exists (select from alerts a where a.incident_id = i.incident_id) and not exists (select from reports r where r.incident_id = i.incident_id)
returning i.incident_id;
