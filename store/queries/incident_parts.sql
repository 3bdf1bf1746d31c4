-- Parts of incidents, as a person moves them.

-- name: parts_twins^
-- A report and the alerts it raised are one thing: whoever moves one moves the other.
select array(select distinct a.report_id from alerts a where a.alert_id = any (:alerts ::bigint[]) and a.report_id is not null) as reports,
       array(select a.alert_id from alerts a where a.report_id = any (:reports ::bigint[]
           || array(select b.report_id from alerts b where b.alert_id = any (:alerts ::bigint[]) and b.report_id is not null))) as alerts;

-- name: parts_lock_alerts
select 'alert' as kind, alert_id as part_id, rule || ' ' || subject as subject, title, class_code, domain, severity, area, cell_id, lon, lat, observed_at as since,
       drill, simulated, probe, incident_id, coalesce(verdict, 'real') = 'real' as says
from alerts where (alert_id = any (:ids ::bigint[]) or incident_id = any (:incidents ::bigint[])) and area like any(cast(:areas as text[]))
order by alert_id for update;

-- name: parts_lock_reports
select 'report' as kind, report_id as part_id, 'report ' || report_id as subject, title_for_all(title, external_id, extra) as title, class_code, null as domain, severity, area, cell_id, lon, lat,
       observed_at as since, drill, simulated, false as probe, incident_id, stage <> 'dismissed' as says
from reports where (report_id = any (:ids ::bigint[]) or incident_id = any (:incidents ::bigint[])) and area like any(cast(:areas as text[]))
order by report_id for update;

-- name: parts_lock_incident^
-- Of somebody who acts on it this moment nobody waits: two who merge each other would wait for ever.
select incident_id, title, stage, area, drill, version from incidents
where incident_id = :incident_id and area like any(cast(:areas as text[])) for update skip locked;

-- name: parts_count$
select (select count(*) from alerts where incident_id = :incident_id) + (select count(*) from reports where incident_id = :incident_id);

-- name: parts_count_joined$
select count(*) from incident_joins where incident_id = :incident_id and left_at is null;

-- name: parts_moved_away^
-- Who took a part out of an incident, when, and where it is now.
select j.left_by, j.left_at, coalesce(a.incident_id, r.incident_id) as incident_id
from incident_joins j left join alerts a on j.kind = 'alert' and a.alert_id = j.part_id left join reports r on j.kind = 'report' and r.report_id = j.part_id
where j.incident_id = :incident_id and j.kind = :kind and j.part_id = :part_id and j.left_at is not null order by j.join_id desc limit 1;

-- name: parts_move_alerts!
update alerts set incident_id = :incident_id, updated_at = :now, version = version + 1 where alert_id = any (:ids ::bigint[]);

-- name: parts_move_reports!
update reports set incident_id = :incident_id, version = version + 1 where report_id = any (:ids ::bigint[]);

-- name: parts_save!
update incidents set stage = :stage, updated_at = :now, version = version + 1 where incident_id = :incident_id and version = :version;

-- name: parts_touch!
update incidents set updated_at = :now, version = version + 1 where incident_id = any (:ids ::bigint[]);

-- name: parts_swallow!
update incidents set stage = 'closed', closed_at = :now, updated_at = :now, merged_into = :into, version = version + 1 where incident_id = any (:ids ::bigint[]);

-- name: parts_keep_apart!
-- What was taken out of one that is swallowed stays out of the one that swallows it, but for what is in it already.
insert into incident_joins (incident_id, kind, part_id, subject, at, by, by_hand, reason, left_at, left_by, why)
select :into, kind, part_id, subject, at, by, by_hand, reason, left_at, left_by, why from incident_joins j
where incident_id = any (:ids ::bigint[]) and left_at is not null
  and not exists (select from incident_joins k where k.incident_id = :into and k.subject = j.subject and k.left_at is null);

-- name: parts_place!
update incidents set class_code = :class_code, domain = :domain, area = :area, cell_id = :cell_id, lon = :lon, lat = :lat,
       split_from = coalesce(:split_from, split_from), spread_m = coalesce((select s.spread_m from incidents s where s.incident_id = :split_from), spread_m)
where incident_id = :incident_id;

-- name: parts_retitle!
update incidents set title = :title, by_hand = case when :by_hand then array_append(array_remove(by_hand, 'title'), 'title') else array_remove(by_hand, 'title') end,
       updated_at = :now, version = version + 1
where incident_id = :incident_id and version = :version;

-- name: parts_relations^
select i.merged_into, i.split_from, i.by_hand,
       (select coalesce(jsonb_agg(jsonb_build_object('id', m.incident_id, 'title', m.title, 'stage', m.stage) order by m.incident_id), '[]')
        from incidents m where m.merged_into = i.incident_id) as merged,
       (select coalesce(jsonb_agg(jsonb_build_object('id', s.incident_id, 'title', s.title, 'stage', s.stage) order by s.incident_id), '[]')
        from incidents s where s.split_from = i.incident_id) as split
from incidents i where i.incident_id = :incident_id;
