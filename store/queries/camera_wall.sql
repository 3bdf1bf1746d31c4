-- Which cameras a wall shows, and what is known of their pictures.

-- name: camera_wall_named
select c.* from cameras c where (c.device = any(:names ::text[]) or c.gb_id = any(:names ::text[])) and c.area like any(cast(:areas as text[]));

-- name: camera_wall_of_area
-- Those of an area that are online first, then those of which nothing is known.
select c.*, count(*) over () ::int as total from cameras c
where c.area like any(cast(:areas as text[])) and c.area like :area and c.placement <> 'outside'
order by case c.state when 'online' then 0 when 'unknown' then 1 else 2 end, not c.has_stream, c.area, c.device limit :limit offset :skip;

-- name: camera_wall_streams
select device_id, url from camera_streams where device_id = any(:ids ::int4[]) and url is not null;

-- name: camera_wall_pictures
-- The last picture of each that has not ended.
select w.device_id, m.media_id, coalesce(m.taken_at, m.created_at) as at from unnest(:ids ::int4[]) as w (device_id)
cross join lateral (select media_id, taken_at, created_at from media
                    where device_id = w.device_id and ended_at is null and area like any(cast(:areas as text[])) order by created_at desc limit 1) m;

-- name: camera_wall_map
select device, name, lon, lat, state, has_stream, drill from cameras
where area like any(cast(:areas as text[])) and lon is not null and placement = 'inside' order by device;
