-- What a story expects to find, in the words it is written in.

-- name: story_alerts
select rule || ' ' || subject as name, to_jsonb(v) as shape from live_alerts v where stage <> 'normal' and not probe order by id;

-- name: story_ended
select rule || ' ' || subject as name, count(*)::int as n from alerts where stage = 'normal' group by rule, subject;

-- name: story_incidents
select to_jsonb(v) as shape from live_incidents v where stage in ('open', 'confirmed', 'handling') order by id;

-- name: story_told
select target, count(*)::int as n from outbox group by target;

-- name: story_incident_of$
select incident_id from alerts where rule || ' ' || subject = :name and incident_id is not null
union all select incident_id from reports where external_id = :name and incident_id is not null order by 1 desc limit 1;

-- name: story_alert_of$
select alert_id from alerts where rule || ' ' || subject = :name order by alert_id desc limit 1;

-- name: story_report_of$
select report_id from reports where external_id = :name;

-- name: story_listen_on!
update listening set until = :now where until < :now;

-- name: story_found_unit!
with unit as (insert into units (code, name, area) values (:code, :name, :area) returning unit_id)
update accounts set unit_id = (select unit_id from unit) where login = any(cast(:people as text[]));
