-- Names of places, what people taught, answers of a geocoder, and the reports that wait for a place.

-- name: gazetteer_remove_source!
delete from places p where p.source = :source and not exists (
    select from jsonb_to_recordset(:rows) as r (kind text, name text, area text) where (r.kind, r.name, r.area) = (p.kind, p.name, p.area));

-- name: gazetteer_save
-- One statement a portion; a place that stays keeps its number, and with it what people taught of it.
insert into places as p (kind, name, aliases, area, lon, lat, road, number, reach_m, line, source, schematic, updated_at)
select r.kind, r.name, r.aliases, r.area, r.lon, r.lat, r.road, r.number, r.reach_m, r.line, :source, r.schematic, :now
from jsonb_to_recordset(:rows) as r (kind text, name text, aliases text[], area text, lon double precision, lat double precision, road text, number integer,
    reach_m double precision, line jsonb, schematic boolean)
order by r.kind, r.name, r.area
on conflict (source, kind, name, area) do update set aliases = excluded.aliases, lon = excluded.lon, lat = excluded.lat, road = excluded.road,
    number = excluded.number, reach_m = excluded.reach_m, line = excluded.line, schematic = excluded.schematic, updated_at = excluded.updated_at
where (p.aliases, p.lon, p.lat, p.road, p.number, p.reach_m, p.line, p.schematic) is distinct from
      (excluded.aliases, excluded.lon, excluded.lat, excluded.road, excluded.number, excluded.reach_m, excluded.line, excluded.schematic)
returning xmax = 0 as created;

-- name: gazetteer_places
select place_id, kind, name, aliases, area, lon, lat, road, number, reach_m, line, source, schematic from places order by place_id;

-- name: gazetteer_place^
select place_id, kind, name, aliases, area, lon, lat, road, number, reach_m, line, source, schematic from places where place_id = :place_id;

-- name: gazetteer_taught
select t.taught_id, t.said, coalesce(p.kind, 'point') as kind, t.name, t.area, t.lon, t.lat, t.place_id
from taught_addresses t left join places p using (place_id) where t.forgotten_at is null order by t.taught_id;

-- name: gazetteer_areas
select name, code, lon, lat, level from areas order by length(code), code;

-- name: gazetteer_version^
-- Two words: of names and of what was taught. Forgetting counts too.
select (select count(*) || '/' || coalesce(max(place_id), 0) || '/' || coalesce(max(updated_at)::text, '') from places)
       || '|' || (select count(*) || '/' || coalesce(max(updated_at)::text, '') from areas) as names,
       (select count(*) || '/' || count(forgotten_at) || '/' || coalesce(max(taught_id), 0) from taught_addresses) as taught;

-- name: gazetteer_forget_older!
update taught_addresses set forgotten_at = :now, forgotten_by = :by where address = :address and forgotten_at is null;

-- name: gazetteer_teach$
insert into taught_addresses (address, said, place_id, name, area, lon, lat, report_id, taught_at, taught_by)
values (:address, :said, :place_id, :name, :area, :lon, :lat, :report_id, :now, :by) returning taught_id;

-- name: gazetteer_taught_one^
select taught_id, said, place_id, name, area, lon, lat, report_id, taught_at, taught_by, forgotten_at, forgotten_by
from taught_addresses where taught_id = :taught_id and area like any(cast(:areas as text[])) for update;

-- name: gazetteer_taught_list
select taught_id as id, said, place_id, name, area, lon, lat, report_id, taught_at, taught_by, forgotten_at, forgotten_by
from taught_addresses where area like any(cast(:areas as text[])) and taught_id < :after
  and (cast(:report_id as bigint) is null or report_id = :report_id)
order by taught_id desc limit :limit;

-- name: gazetteer_forget!
update taught_addresses set forgotten_at = :now, forgotten_by = :by where taught_id = :taught_id and forgotten_at is null;

-- name: gazetteer_waiting
-- Reports with an address and no position that were not tried with what is known now, the newest first. Nobody else takes them meanwhile.
select r.report_id, r.address, r.area, r.version from reports r left join placing_tries t using (report_id)
where r.placement = 'none' and r.address is not null and r.address <> '' and r.stage = 'open' and not r.history
  and (t.report_id is null or t.version <> :version)
order by r.report_id desc limit :limit;

-- name: gazetteer_tried!
insert into placing_tries (report_id, tried_at, version) select unnest(cast(:ids as bigint[])), :now, :version
on conflict (report_id) do update set tried_at = excluded.tried_at, version = excluded.version;

-- name: gazetteer_place_report!
-- Only a report that still has no place: whoever placed it meanwhile knew better.
update reports set area = :area, cell_id = :cell_id, lon = :lon, lat = :lat, placement = 'inside', extra = extra || cast(:placed as jsonb), version = version + 1
where report_id = :report_id and version = :version and placement = 'none';

-- name: gazetteer_geocoded
select address, lon, lat, confidence from geocoded where address = any(cast(:addresses as text[])) and asked_at > :since;

-- name: gazetteer_keep_geocoded!
insert into geocoded (address, lon, lat, confidence, asked_at) values (:address, :lon, :lat, :confidence, :now)
on conflict (address) do update set lon = excluded.lon, lat = excluded.lat, confidence = excluded.confidence, asked_at = excluded.asked_at;

-- name: gazetteer_forget_geocoded!
delete from geocoded where asked_at < :before;
