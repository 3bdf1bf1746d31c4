-- What surrounds an incident, in time and in space.

-- name: around_past
-- The nearest that have ended, of some classes, within a box; the drill is like drills, the simulated like the simulated.
select incident_id, title, class_code, severity, stage, area, lon, lat, opened_at, closed_at, parts
from incidents
where stage in ('closed', 'dismissed') and class_code = any(:codes ::text[])
  and lat between :south and :north and lon between :west and :east
  and drill = :drill and simulated = :simulated and merged_into is null and incident_id <> :incident_id and area like any(cast(:areas as text[]))
order by ((lon - :lon) * :squeeze) ^ 2 + (lat - :lat) ^ 2, incident_id desc limit :limit;

-- name: around_ends
-- How incidents ended: their cases, what people judged their alerts to be, and the last word of whoever ended them.
select i.incident_id,
       (select count(*)::int from cases c where c.incident_id = i.incident_id) as cases,
       (select a.verdict from alerts a where a.incident_id = i.incident_id and a.verdict is not null group by a.verdict order by count(*) desc, a.verdict limit 1) as verdict,
       e.actor as ended_by, e.note
from unnest(:ids ::bigint[]) as i (incident_id)
left join lateral (select actor, note from audit where noun = 'incident' and key = i.incident_id::text and act in ('close', 'dismiss')
                   order by audit_id desc limit 1) e on true;

-- name: around_devices
select device_id as id, device, name, kind, domain, owner, area, lon, lat, silent_at, drill, simulated
from devices
where lat between :south and :north and lon between :west and :east and not camera and drill = :drill and area like any(cast(:areas as text[]))
order by ((lon - :lon) * :squeeze) ^ 2 + (lat - :lat) ^ 2, device_id limit :limit;

-- name: around_cameras
select id, device, name, gb_id, area, lon, lat, bearing, angle, reach_m, state, has_stream, drill, simulated from cameras
where lat between :south and :north and lon between :west and :east and not drill and area like any(cast(:areas as text[]))
order by ((lon - :lon) * :squeeze) ^ 2 + (lat - :lat) ^ 2, id limit :limit;
