-- name: media_add!
insert into media (media_id, sha256, kind, bytes, area, case_number, report_id, role, lon, lat, taken_at, created_at, created_by)
values (:media_id, :sha256, :kind, :bytes, :area, :case_number, :report_id, :role, :lon, :lat, :taken_at, :now, :created_by);

-- name: media_get^
select media_id, kind, bytes, area from media where media_id = :media_id and area like any(cast(:areas as text[]));
