-- Hazards (隐患) and their pictures.

-- name: hazards_list
select h.hazard_id as id, h.title, h.text, h.level, h.stage, h.area, h.cell_id, h.lon, h.lat, h.address, e.code as enterprise, e.name as enterprise_name,
       h.unit_id, u.name as unit, u.name_en as unit_en, h.measures, h.found_at, h.found_name, h.due_at, h.overdue_at is not null as overdue,
       h.rectified_at, h.rectified_by, h.rectified_name, h.verified_at, h.verified_name, h.returns, h.ended_at, h.updated_at, h.drill, h.simulated, h.version
from hazards h left join enterprises e using (enterprise_id) left join units u on u.unit_id = h.unit_id
where h.area like any(cast(:areas as text[])) and h.area like :area and h.hazard_id < :after
  and (cast(:hazard_id as bigint) is null or h.hazard_id = :hazard_id)
  and (cast(:stages as text[]) is null or h.stage = any(cast(:stages as text[])))
  and (cast(:level as text) is null or h.level = :level)
  and (cast(:unit_id as integer) is null or h.unit_id = :unit_id)
  and (cast(:enterprise as text) is null or e.code = :enterprise)
  and (cast(:overdue as boolean) is null or (h.overdue_at is not null) = :overdue)
  and h.found_at >= :since and h.found_at < :until
order by h.hazard_id desc limit :limit;

-- name: hazards_lock^
select h.*, case h.level when 'major' then 2 else 4 end as severity, null::integer as handler_id, h.unit_id as lead_unit
from hazards h where h.hazard_id = :hazard_id and h.area like any(cast(:areas as text[])) for update;

-- name: hazards_add$
insert into hazards (title, text, level, area, cell_id, lon, lat, address, enterprise_id, found_at, found_by, found_name, updated_at, drill)
values (:title, :text, :level, :area, :cell_id, :lon, :lat, :address, :enterprise_id, :now, :account_id, :name, :now, :drill)
returning hazard_id;

-- name: hazards_save!
update hazards
set stage = :stage, level = :level, unit_id = :unit_id, measures = :measures, due_at = :due_at, overdue_at = :overdue_at, rectified_at = :rectified_at,
    rectified_by = :rectified_by, rectified_name = :rectified_name, verified_at = :verified_at, verified_by = :verified_by, verified_name = :verified_name,
    returns = :returns, ended_at = :ended_at, updated_at = :now, version = version + 1
where hazard_id = :hazard_id and version = :version;

-- name: hazards_overdue
-- Those that nobody put right in time; what was rectified waits for whoever verifies.
select h.*, case h.level when 'major' then 2 else 4 end as severity, null::integer as handler_id, h.unit_id as lead_unit from hazards h
where h.due_at <= :now and h.overdue_at is null and h.ended_at is null and h.stage in ('found', 'rectifying')
order by h.hazard_id limit :limit for update skip locked;

-- name: hazards_mark_overdue*!
update hazards set overdue_at = :now, updated_at = :now, version = version + 1 where hazard_id = :hazard_id;

-- name: hazards_photos
select media_id, role, lon, lat, taken_at, created_at, created_by, ended_at, ended_why from media where hazard_id = :hazard_id order by created_at, media_id;

-- name: hazards_photos_after^
-- Of this round of work: a picture from before the last assignment or return shows what was not good enough.
select count(*) as photos from media
where hazard_id = :hazard_id and role = 'after' and ended_at is null
  and created_at >= coalesce((select max(at) from audit where noun = 'hazard' and key = :key and act in ('assign', 'return')), '-infinity');

-- name: hazards_add_photo!
insert into media (media_id, sha256, kind, bytes, area, hazard_id, role, lon, lat, taken_at, created_at, created_by)
values (:media_id, :sha256, :kind, :bytes, :area, :hazard_id, :role, :lon, :lat, :taken_at, :now, :created_by);
