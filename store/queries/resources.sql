-- name: resources_list
-- By code; `near`: within a box around a place, the caller measures.
select r.resource_id as id, r.code, r.kind, r.name, r.name_en, r.tags, r.unit_id, u.name as unit, r.area, r.lon, r.lat, r.address, r.quantity, r.measure, r.note,
       r.out_at, r.updated_at, r.version, r.person_id is not null as has_contact, is_sent(r.resource_id) as busy
from resources r left join units u using (unit_id)
where r.area like any(cast(:areas as text[])) and r.area like :area
  and (cast(:code as text) is null or r.code = :code)
  and (cast(:kinds as text[]) is null or r.kind = any(cast(:kinds as text[])))
  and (cast(:tag as text) is null or :tag = any(r.tags))
  and (cast(:q as text) is null or strpos(lower(r.name || ' ' || r.code || ' ' || r.address || ' ' || array_to_string(r.tags, ' ')), lower(:q)) > 0)
  and (cast(:west as float8) is null or (r.lon between :west and :east and r.lat between :south and :north))
  and (:also_out or r.out_at is null) and r.code > :after
order by r.code limit :limit;

-- name: resources_save^
-- `new`: whether it was not there before.
insert into resources (code, kind, name, name_en, tags, unit_id, area, lon, lat, address, quantity, measure, person_id, note, source, out_at, updated_at)
values (:code, :kind, :name, :name_en, cast(:tags as text[]), (select unit_id from units where code = :unit), :area, :lon, :lat, :address, :quantity, :measure,
        :person_id, :note, :source, :out_at, :now)
on conflict (code) do update set kind = excluded.kind, name = excluded.name, name_en = excluded.name_en, tags = excluded.tags, unit_id = excluded.unit_id,
    area = excluded.area, lon = excluded.lon, lat = excluded.lat, address = excluded.address, quantity = excluded.quantity, measure = excluded.measure,
    person_id = coalesce(excluded.person_id, resources.person_id), note = excluded.note, source = excluded.source, out_at = excluded.out_at,
    updated_at = excluded.updated_at, version = resources.version + 1
returning resource_id, xmax = 0 as new;

-- name: resources_turn^
-- One that is not there yet has no row to lock: two who add it wait for one another.
select pg_advisory_xact_lock(hashtextextended('resource/' || :code, 0)) is not null as mine;

-- name: resources_lock^
select code, area, version from resources where code = :code and area like any(cast(:areas as text[])) for update;

-- name: resources_person^
insert into persons (name, phone) values (:name, :phone) returning person_id;

-- name: resources_person_of^
select r.code, r.area, p.person_id, p.name, p.phone from resources r left join persons p using (person_id)
where r.code = :code and r.area like any(cast(:areas as text[]));

-- name: resources_person_save!
update persons set name = :name, phone = :phone where person_id = :person_id;

-- name: resources_end
-- What the same file named before and names no more.
update resources set out_at = :now, updated_at = :now, version = version + 1 where source = :source and code <> all(cast(:codes as text[])) and out_at is null returning code;

-- name: resources_known_units
select code from units where code = any(cast(:codes as text[]));
