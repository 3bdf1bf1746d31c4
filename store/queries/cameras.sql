-- Cameras: devices of their own kind, what was said of them, and where their pictures are fetched.

-- name: cameras_namesake^
-- A name may mean one device only: the number of a camera is nobody else's name, and nobody else's number.
select device, gb_id from devices
where device <> :device and (gb_id = any(:names ::text[]) or device = any(:names ::text[])) order by device limit 1;

-- name: cameras_set_stream!
insert into camera_streams (device_id, url) values (:device_id, :url) on conflict (device_id) do update set url = excluded.url;

-- name: cameras_rest!
-- It sends no readings, so nobody waits for one; with its first reading it is watched like any device.
update device_watch w set attention_at = '9999-01-01'
where device_id = :device_id and feed is null and not exists (select from device_metrics m where m.device_id = w.device_id)
  and not exists (select from device_states s where s.device_id = w.device_id);

-- name: cameras_first_word!
-- What was known before it was a camera.
insert into camera_words (device_id, at, online) select device_id, presence_at, presence = 'online' from devices
where device_id = :device_id and presence_at is not null and not exists (select from camera_words w where w.device_id = devices.device_id)
on conflict do nothing;

-- name: cameras_hear!
-- A word that is another than before; of devices that are no cameras it is not kept.
insert into camera_words (device_id, at, online, feed) select device_id, :at, :online, :feed from devices where device_id = :device_id and camera
on conflict (device_id, at) do update set online = excluded.online, feed = excluded.feed;

-- name: cameras_back
-- Silent by what was said of them, and by what is said now no longer. Those that send readings are back with a reading.
select device_id from devices d
where device_id = any(:device_ids ::int4[]) and camera and presence = 'online' and silent_at is not null
  and not exists (select from device_states s where s.device_id = d.device_id);

-- name: cameras_forget!
-- The last word before it stays: it holds until the next.
delete from camera_words w where w.at < :before
  and exists (select from camera_words later where later.device_id = w.device_id and later.at > w.at and later.at < :before);

-- name: cameras_list
select c.* from cameras c
where c.area like any(cast(:areas as text[])) and c.area like :area and c.id > :after_id
  and (cast(:cell as text) is null or c.cell_id = (select x.cell_id from cells x where x.cell_code = :cell or x.cell_id::text = :cell))
  and (cast(:state as text) is null or c.state = :state or (:state = 'unplaced' and c.placement <> 'inside'))
  and (cast(:owner as text) is null or c.owner = :owner)
  and (cast(:gb_id as text) is null or c.gb_id = :gb_id)
order by c.id limit :limit;

-- name: cameras_get^
select c.* from cameras c where (c.device = :device or c.gb_id = :device) and c.area like any(cast(:areas as text[]))
order by c.device = :device desc limit 1;

-- name: cameras_stream$
select url from camera_streams where device_id = :device_id;

-- name: cameras_counts^
select count(*)::int as cameras, count(*) filter (where state = 'online')::int as online, count(*) filter (where state = 'offline')::int as offline,
       count(*) filter (where state = 'unknown')::int as unknown, count(*) filter (where placement <> 'inside')::int as unplaced
from cameras where area like any(cast(:areas as text[])) and area like :area and not drill;

-- name: cameras_rates
-- Seconds of [since, until) in which something is known of each camera, and those of them in which it was online. What was said of it holds until
-- the next word, but for the time in which nobody listened to the feed that brought it: that is unknown, whoever was there. Cameras of which
-- nobody says anything but that send readings are judged by their hours; of these `expected` already leaves out what nobody listened to.
with wanted as (
    select id as device_id from cameras
    where area like any(cast(:areas as text[])) and area like :area and not (drill and cast(:ids as int4[]) is null)
      and (cast(:ids as int4[]) is null or id = any(cast(:ids as int4[])))),
deaf as (
    select feed, range_agg(tstzrange(since, until)) as gaps from (
        select feed, since, until from listening_gaps where until > :since and since < :until
        union all
        select feed, until, 'infinity' from listening where until < (:until)::timestamptz - (:gap)::interval) g
    group by feed),
all_deaf as (
    select range_intersect_agg(gaps) as gaps from deaf having count(*) = (select count(*) from listening)),
words as (
    select device_id, w.at, w.online, w.feed from wanted cross join lateral (
        (select at, online, feed from camera_words c where c.device_id = wanted.device_id and at <= :since order by at desc limit 1)
        union all
        (select at, online, feed from camera_words c where c.device_id = wanted.device_id and at > :since and at < :until)) w),
spans as (
    select device_id, online, feed, tstzrange(greatest(at, :since), coalesce(lead(at) over (partition by device_id order by at), :until)) as span from words),
whole as (
    select device_id, feed, range_agg(span) as known, coalesce(range_agg(span) filter (where online), '{}') as present
    from spans where not isempty(span) group by device_id, feed),
heard as (
    select device_id, known - gaps as known, present - gaps as present
    from whole cross join lateral (select coalesce(
        case when whole.feed is null then (select gaps from all_deaf) else (select gaps from deaf where deaf.feed = whole.feed) end, '{}') as gaps) away),
said as (
    select device_id, 'presence' as by,
           sum((select coalesce(sum(extract(epoch from upper(part) - lower(part))), 0) from unnest(known) as part))::float8 as known_s,
           sum((select coalesce(sum(extract(epoch from upper(part) - lower(part))), 0) from unnest(present) as part))::float8 as online_s
    from heard group by device_id),
measured as (
    select q.device_id, 'readings' as by, 3600.0 * count(*)::float8 as known_s, 3600.0 * sum(least(q.completeness, 1))::float8 as online_s
    from device_quality q
    where q.device_id in (select device_id from wanted except select device_id from words)
      and q.hour >= :since and q.hour < :until and q.expected > 0 and q.completeness is not null
    group by q.device_id)
select * from said union all select * from measured;

-- name: cameras_sights
-- Where cameras stand and what they look at; drills look at nothing.
select id, area, lon, lat, bearing, angle, reach_m, simulated from cameras
where lon is not null and lat is not null and placement in ('inside', 'outside') and not drill and (cast(:state as text) is null or state = :state)
order by id;

-- name: cameras_cells
select cell_id, cell_code, area, lon, lat, area_m2, schematic, cast(geometry as text) as geometry from cells
where area like any(cast(:areas as text[])) and area like :area order by cell_id;
