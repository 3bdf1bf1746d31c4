-- What people look for on the map by its name or number, and who is near a place.

-- name: map_areas
select code as id, name as label, level as note, lon, lat, code as area from areas
where strpos(lower(name), :words) > 0 and code like any(cast(:areas as text[])) order by length(code), code limit :limit;

-- name: map_cells
select cell_id as id, cell_code as label, area, lon, lat from cells
where starts_with(cell_code, :code) and area like any(cast(:areas as text[])) order by cell_code limit :limit;

-- name: map_devices
-- Devices and cameras: what begins with the words before what only holds them. None outside the city or at 0/0, and none that proves the path.
select device as id, name as label, device as note, camera, area, lon, lat, silent_at is not null as silent, drill, simulated from devices
where placement = 'inside' and not probe and area like any(cast(:areas as text[])) and strpos(lower(name || ' ' || device), :words) > 0
order by camera, not (starts_with(lower(name), :words) or starts_with(lower(device), :words)), name, device_id limit :limit;

-- name: map_cases
-- By the beginning of the number any that ever was, by words or the end of the number those that are open: each way has its index.
with found as (
    select case_number from cases where case_number between cast(:low as text) and cast(:high as text) and area like any(cast(:areas as text[]))
    union
    select case_number from cases where closed_at is null and area like any(cast(:areas as text[]))
      and (strpos(lower(title || ' ' || coalesce(address, '')), :words) > 0 or right(case_number, length(:words)) = :words))
select case_number as id, title as label, case_number as note, area, lon, lat, severity, stage, closed_at is null as open, drill, simulated
from cases join found using (case_number) order by closed_at is not null, opened_at desc, case_number limit :limit;

-- name: map_incidents
with found as (
    select incident_id from incidents where incident_id = cast(:number as bigint) and area like any(cast(:areas as text[]))
    union
    select incident_id from incidents where stage in ('open', 'confirmed', 'handling') and area like any(cast(:areas as text[])) and strpos(lower(title), :words) > 0)
select incident_id as id, title as label, '#' || incident_id as note, area, lon, lat, severity, stage, drill, simulated
from incidents join found using (incident_id) order by stage not in ('open', 'confirmed', 'handling'), opened_at desc limit :limit;

-- name: map_people_around
-- Where those who are on a patrol were last, within a box and not longer ago than `since`.
select distinct on (f.account_id) f.account_id as id, a.title as name, p.patrol_id as patrol, p.title, f.at, f.lon, f.lat, f.accuracy_m, p.drill, p.simulated
from patrols p join patrol_fixes f using (patrol_id) join accounts a on a.account_id = f.account_id
where p.stage = 'under_way' and p.area like any(cast(:areas as text[])) and f.verdict = 'good' and f.at > :since
  and f.lat between :south and :north and f.lon between :west and :east
  and not exists (select from patrol_fixes later where later.patrol_id = f.patrol_id and later.account_id = f.account_id and later.verdict = 'good' and later.at > f.at)
order by f.account_id, f.at desc;

-- name: map_cases_around
select case_number as id, title as name, class_code, severity, stage, area, lon, lat, due_at, overdue_at is not null as overdue, drill, simulated from cases
where closed_at is null and lat between :south and :north and lon between :west and :east and area like any(cast(:areas as text[]))
order by ((lon - :lon) * :squeeze) ^ 2 + (lat - :lat) ^ 2 limit :limit;
