-- name: media_add!
insert into media (media_id, sha256, kind, bytes, area, case_number, report_id, role, lon, lat, taken_at, created_at, created_by)
values (:media_id, :sha256, :kind, :bytes, :area, :case_number, :report_id, :role, :lon, :lat, :taken_at, :now, :created_by);

-- name: media_get^
select media_id, kind, bytes, area from media where media_id = :media_id and area like any(cast(:areas as text[]));

-- name: media_known
select media_id from media where media_id = any(:media_ids ::text[]);

-- name: media_take!
-- A picture that came in a frame: nobody's upload. The same one again changes nothing.
insert into media (media_id, sha256, kind, bytes, area, report_id, device_id, feed, role, lon, lat, taken_at, created_at)
values (:media_id, :sha256, :kind, :bytes, :area, :report_id, :device_id, :feed, :role, :lon, :lat, :taken_at, :now)
on conflict (media_id) do nothing;

-- name: media_list
select m.media_id, m.kind, m.bytes, m.role, m.lon, m.lat, m.taken_at, m.created_at, m.feed, m.report_id, d.device
from media m left join devices d using (device_id)
where m.area like any(cast(:areas as text[]))
  and ((cast(:report_id as bigint) is not null and m.report_id = :report_id)
    or (cast(:device as text) is not null and m.device_id = (select device_id from devices where device = :device)))
order by m.created_at desc, m.media_id limit :limit;

-- name: media_follow!
-- Pictures belong to the area their report is in: whoever sees the one sees the other.
update media m set area = r.area from reports r where r.report_id = any(:report_ids ::bigint[]) and m.report_id = r.report_id and m.area <> r.area;

-- name: media_devices
select device_id, device, area from devices where device = any(:devices ::text[]);

-- name: media_reports
select source, external_id, report_id, area from reports where (source, external_id) in (select unnest(:sources ::text[]), unnest(:external_ids ::text[]));
