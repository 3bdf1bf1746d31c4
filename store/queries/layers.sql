-- Layers of points for the map. One row a layer: places packed as lon, lat in millionths of a degree (int4, big-endian), texts joined by line
-- feeds, one sign a point. All statements of a layer go in one order, and a stamp tells whether its points are still the same. Devices outside the
-- city or at 0/0 stand in the ledger and not on the map.

-- name: layers_devices^
select count(*)::int as count, string_agg(int4send((lon * 1e6)::int) || int4send((lat * 1e6)::int), ''::bytea order by device_id) as places,
       string_agg(device, E'\n' order by device_id) as codes, string_agg(coalesce(kind, ''), E'\n' order by device_id) as kinds,
       string_agg(case when drill then 'd' else '.' end, '' order by device_id) as signs,
       coalesce(sum(hashtextextended(device || '/' || coalesce(kind, ''), hashfloat8extended(lon, hashfloat8extended(lat, drill::int)))), 0)::text as stamp
from devices where placement = 'inside' and camera = :camera and not probe and area like any(cast(:areas as text[])) and area like :area;

-- name: layers_devices_states^
-- `unknown`: the places in that order (0, 1, …) of those that are silent, signed off, or never spoke.
with known as (
    select device_id, device, kind, lon, lat, drill, silent_at is not null or presence = 'offline'
           or (presence = 'unknown' and not exists (select from device_states s where s.device_id = d.device_id)) as unknown,
           row_number() over (order by device_id) - 1 as place
    from devices d where placement = 'inside' and camera = :camera and not probe and area like any(cast(:areas as text[])) and area like :area)
select count(*)::int as count, string_agg(int4send(place::int), ''::bytea order by place) filter (where unknown) as unknown,
       coalesce(sum(hashtextextended(device || '/' || coalesce(kind, ''), hashfloat8extended(lon, hashfloat8extended(lat, drill::int)))), 0)::text as stamp
from known;

-- name: layers_devices_counts^
select count(*) filter (where not camera)::int as devices, count(*) filter (where camera)::int as cameras,
       count(*) filter (where not camera and unknown)::int as devices_unknown, count(*) filter (where camera and unknown)::int as cameras_unknown,
       count(*) filter (where not camera and drill)::int as devices_drills, count(*) filter (where camera and drill)::int as cameras_drills
from (select camera, drill, silent_at is not null or presence = 'offline'
             or (presence = 'unknown' and not exists (select from device_states s where s.device_id = d.device_id)) as unknown
      from devices d where placement = 'inside' and not probe and area like any(cast(:areas as text[])) and area like :area) d;

-- name: layers_components^
-- `sound`: the words of a census for what is as it should be; an empty one says nothing, any other that something is wrong.
select count(*)::int as count, string_agg(int4send((lon * 1e6)::int) || int4send((lat * 1e6)::int), ''::bytea order by code) as places,
       string_agg(code, E'\n' order by code) as codes, string_agg(class_code, E'\n' order by code) as kinds,
       string_agg(case when state = '' then '?' when lower(state) = any(cast(:sound as text[])) then '.' else '!' end, '' order by code) as signs,
       coalesce(sum(hashtextextended(code, imported_at_seed)), 0)::text as stamp
from (select code, class_code, lon, lat, state, extract(epoch from imported_at)::bigint as imported_at_seed from components
      where removed_at is null and area like any(cast(:areas as text[])) and area like :area) c;

-- name: layers_components_stamp^
select count(*)::int as count, coalesce(sum(hashtextextended(code, extract(epoch from imported_at)::bigint)), 0)::text as stamp,
       count(*) filter (where state = '')::int as unknown
from components where removed_at is null and area like any(cast(:areas as text[])) and area like :area;

-- name: layers_resources^
-- Places and things to be had. Experts and contacts are people: they are called, not shown.
select count(*)::int as count, string_agg(int4send((lon * 1e6)::int) || int4send((lat * 1e6)::int), ''::bytea order by code) as places,
       string_agg(code, E'\n' order by code) as codes, string_agg(kind, E'\n' order by code) as kinds, repeat('.', count(*)::int) as signs,
       coalesce(sum(hashtextextended(code || '/' || kind, version)), 0)::text as stamp
from resources where out_at is null and lon is not null and kind = any(cast(:kinds as text[])) and area like any(cast(:areas as text[])) and area like :area;

-- name: layers_resources_stamp^
select count(*)::int as count, coalesce(sum(hashtextextended(code || '/' || kind, version)), 0)::text as stamp, 0 as unknown
from resources where out_at is null and lon is not null and kind = any(cast(:kinds as text[])) and area like any(cast(:areas as text[])) and area like :area;

-- name: layers_device^
select d.device_id, d.device as code, d.name, d.kind, d.domain, d.owner, d.area, d.lon, d.lat, d.camera, d.presence, d.presence_at, d.silent_at, d.drill, d.simulated,
       exists (select from device_states s where s.device_id = d.device_id) as spoke,
       exists (select from camera_streams s where s.device_id = d.device_id and s.url is not null) as has_stream
from devices d where d.device = :code and d.camera = :camera and not d.probe and d.area like any(cast(:areas as text[]));

-- name: layers_picture^
-- The newest picture a camera or device brought that is still kept.
select media_id, taken_at from media where device_id = :device_id and ended_at is null and kind like 'image/%%' and area like any(cast(:areas as text[]))
order by created_at desc limit 1;

-- name: layers_resource^
select r.code, r.kind, r.name, r.name_en, r.tags, u.name as unit, u.name_en as unit_en, r.area, r.lon, r.lat, r.address, r.quantity, r.measure, r.updated_at,
       is_sent(r.resource_id) as busy
from resources r left join units u using (unit_id)
where r.code = :code and r.out_at is null and r.kind = any(cast(:kinds as text[])) and r.area like any(cast(:areas as text[]));
