-- name: reports_list
select to_jsonb(v) as shape from live_reports v
where v.area like any(cast(:areas as text[])) and v.area like :area and v.id < :after
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:channel as text) is null or v.channel = :channel)
  and (cast(:source as text) is null or v.source = :source)
  and (cast(:external_id as text) is null or v.external_id = :external_id)
  and (cast(:class_code as text) is null or v.class_code = :class_code)
  and (cast(:placement as text[]) is null or v.placement = any(cast(:placement as text[])))
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:incident_id as bigint) is null or v.incident_id = :incident_id)
  and v.observed_at >= :since and v.observed_at < :until
order by v.id desc limit :limit;

-- name: reports_lock^
select report_id, title, text, class_code, severity, stage, area, cell_id, lon, lat, address, incident_id, drill, simulated, version
from reports where report_id = :report_id and area like any(cast(:areas as text[])) for update;

-- name: reports_extra^
select extra, person_id is not null as has_caller from reports where report_id = :report_id;

-- name: reports_save!
update reports set stage = :stage, class_code = :class_code, area = :area, cell_id = :cell_id, lon = :lon, lat = :lat, placement = coalesce(:placement, placement),
    incident_id = :incident_id, version = version + 1
where report_id = :report_id and version = :version;

-- name: reports_link!
update reports set incident_id = :incident_id, stage = case when stage = 'open' then 'confirmed' else stage end, version = version + 1
where report_id = :report_id;

-- name: reports_caller^
select p.name, p.phone, p.address, r.area
from reports r join persons p using (person_id)
where r.report_id = :report_id and r.area like any(cast(:areas as text[]));
