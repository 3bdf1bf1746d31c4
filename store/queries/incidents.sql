-- name: incidents_list
select to_jsonb(v) as shape from live_incidents v
where v.area like any(cast(:areas as text[])) and v.area like :area and v.id < :after
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:domain as text) is null or v.domain = :domain)
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and v.opened_at >= :since and v.opened_at < :until
order by v.id desc limit :limit;

-- name: incidents_lock^
select incident_id, title, class_code, domain, severity, stage, area, cell_id, lon, lat, drill, simulated, version, owner_id, owner
from incidents where incident_id = :incident_id and area like any(cast(:areas as text[])) for update;

-- name: incidents_add^
insert into incidents (title, class_code, domain, severity, stage, area, cell_id, lon, lat, opened_at, updated_at, drill, simulated)
values (:title, :class_code, :domain, :severity, :stage, :area, :cell_id, :lon, :lat, :now, :now, :drill, :simulated)
returning incident_id;

-- name: incidents_save!
update incidents set stage = :stage, updated_at = :now, version = version + 1,
    closed_at = case when :stage in ('closed', 'dismissed') then :now else null end
where incident_id = :incident_id and version = :version;

-- name: incidents_cases^
-- Of the whole city. `emergency`: one that goes on keeps its incident open.
select open, closed, emergency from what_keeps_open(:incident_id, cast(:ended as text[]));

-- name: incidents_open_case$
-- One that the reader may not see has no number.
select coalesce((select case_number from cases where incident_id = :incident_id and stage <> all(cast(:ended as text[])) order by case_number limit 1), '-')
where (select open > 0 from what_keeps_open(:incident_id, cast(:ended as text[])));

-- name: incidents_members^
select coalesce((select jsonb_agg(to_jsonb(v) order by v.id) from live_alerts v where v.incident_id = :incident_id and v.area like any(cast(:areas as text[]))), '[]') as alerts,
       coalesce((select jsonb_agg(to_jsonb(v) order by v.id) from live_reports v where v.incident_id = :incident_id and v.area like any(cast(:areas as text[]))), '[]') as reports,
       coalesce((select jsonb_agg(to_jsonb(v) order by v.opened_at) from live_cases v where v.incident_id = :incident_id and v.area like any(cast(:areas as text[]))), '[]') as cases;
