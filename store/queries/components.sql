-- name: components_owners
-- Units by every word they are called by.
select unit_id, code, name, name_en from units where disabled_at is null;

-- name: components_stage!
create temporary table components_in (code text, class_code text, name text, owner text, owner_unit integer, place text, state text, area text,
                                      cell_id integer, lon double precision, lat double precision, surveyed_on date) on commit drop;

-- name: components_take^
with saved as (
    insert into components as c (code, class_code, name, owner, owner_unit, place, state, area, cell_id, lon, lat, surveyed_on, imported_at)
    select i.*, :now from components_in i
    on conflict (code) do update
    set class_code = excluded.class_code, name = excluded.name, owner = excluded.owner, owner_unit = excluded.owner_unit, place = excluded.place,
        state = excluded.state, area = excluded.area, cell_id = excluded.cell_id, lon = excluded.lon, lat = excluded.lat,
        surveyed_on = excluded.surveyed_on, imported_at = excluded.imported_at, removed_at = null
    where (c.class_code, c.name, c.owner, c.owner_unit, c.place, c.state, c.area, c.cell_id, c.lon, c.lat, c.surveyed_on, c.removed_at)
          is distinct from (excluded.class_code, excluded.name, excluded.owner, excluded.owner_unit, excluded.place, excluded.state, excluded.area,
                            excluded.cell_id, excluded.lon, excluded.lat, excluded.surveyed_on, null)
    returning xmax = 0 as is_new)
select count(*) filter (where is_new) as added, count(*) filter (where not is_new) as changed from saved;

-- name: components_remove!
-- Of the classes the census counted, what it did not find again.
update components set removed_at = :now
where removed_at is null and class_code in (select distinct class_code from components_in) and not exists (select from components_in i where i.code = components.code);

-- name: components_near
select c.code, c.class_code, c.name, c.owner, c.place, c.state, c.area, c.lon, c.lat, c.surveyed_on, u.unit_id, u.name as unit, u.name_en as unit_en
from components c left join units u on u.unit_id = c.owner_unit
where c.removed_at is null and c.lat between :south and :north and c.lon between :west and :east and c.area like any(cast(:areas as text[]))
  and (cast(:class_code as text) is null or c.class_code = :class_code)
order by ((c.lon - :lon) * :squeeze) ^ 2 + (c.lat - :lat) ^ 2, c.code limit :limit;

-- name: components_one^
select c.code, c.class_code, c.name, c.owner, c.place, c.state, c.area, c.cell_id, c.lon, c.lat, c.surveyed_on, c.imported_at, c.removed_at, u.unit_id, u.name as unit, u.name_en as unit_en
from components c left join units u on u.unit_id = c.owner_unit where c.code = :code and c.area like any(cast(:areas as text[]));
