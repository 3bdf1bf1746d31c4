-- Planned works and events.

-- name: works_list
select w.work_id as id, w.code, w.title, w.kind, w.area, w.areas, w.shape, w.radius_m, w.lon, w.lat, w.starts_at, w.ends_at, w.daily_from, w.daily_until,
       w.address, w.unit_id, u.code as unit_code, u.name as unit, u.name_en as unit_en, w.operator, w.note, w.withdrawn_at, w.source, w.updated_at, w.simulated, w.version
from planned_works w left join units u using (unit_id)
where exists (select from unnest(w.areas) as t (code) where t.code like any(cast(:areas as text[])) and (t.code like :area or starts_with(cast(:area_code as text), t.code)))
  and w.work_id < :after
  and (cast(:work_id as integer) is null or w.work_id = :work_id)
  and (cast(:kinds as text[]) is null or w.kind = any(cast(:kinds as text[])))
  and (cast(:q as text) is null or w.title ilike :q or w.code ilike :q or w.address ilike :q or w.operator ilike :q)
  and (cast(:states as text[]) is null or (case when w.withdrawn_at is not null then 'withdrawn' when :now < w.starts_at then 'planned'
                                                when :now < w.ends_at then 'under_way' else 'over' end) = any(cast(:states as text[])))
  and w.starts_at < :until and w.ends_at > :since
order by w.work_id desc limit :limit;

-- name: works_near
-- Those in a box around a place, in force at some time of a span: how far each really is decides its shape.
select w.work_id as id, w.code, w.title, w.kind, w.area, w.shape, w.radius_m, w.lon, w.lat, w.starts_at, w.ends_at, w.daily_from, w.daily_until, w.address,
       u.name as unit, u.name_en as unit_en, w.operator, w.note, w.withdrawn_at, w.simulated
from planned_works w left join units u using (unit_id)
where exists (select from unnest(w.areas) as t (code) where t.code like any(cast(:areas as text[])))
  and w.withdrawn_at is null and w.starts_at <= :until and w.ends_at > :since
  and w.south <= :north and w.north >= :south and w.west <= :east and w.east >= :west
order by w.starts_at desc limit :limit;

-- name: works_lock^
select * from planned_works w
where (cast(:work_id as integer) is null or w.work_id = :work_id) and (cast(:code as text) is null or w.code = :code)
  and exists (select from unnest(w.areas) as t (code) where t.code like any(cast(:areas as text[]))) for update;

-- name: works_add$
insert into planned_works (code, title, kind, area, areas, shape, radius_m, lon, lat, west, south, east, north, starts_at, ends_at, daily_from, daily_until,
                           address, unit_id, operator, note, source, created_at, updated_at, simulated)
values (:code, :title, :kind, :area, :areas, :shape, :radius_m, :lon, :lat, :west, :south, :east, :north, :starts_at, :ends_at, :daily_from, :daily_until,
        :address, :unit_id, :operator, :note, :source, :now, :now, :simulated)
on conflict (code) do nothing returning work_id;

-- name: works_save!
update planned_works
set code = :code, title = :title, kind = :kind, area = :area, areas = :areas, shape = :shape, radius_m = :radius_m, lon = :lon, lat = :lat,
    west = :west, south = :south, east = :east, north = :north, starts_at = :starts_at, ends_at = :ends_at, daily_from = :daily_from,
    daily_until = :daily_until, address = :address, unit_id = :unit_id, operator = :operator, note = :note, withdrawn_at = :withdrawn_at,
    updated_at = :now, version = version + 1
where work_id = :work_id;
