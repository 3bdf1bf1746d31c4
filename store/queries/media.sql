-- name: media_add!
insert into media (media_id, sha256, kind, bytes, area, case_number, report_id, role, lon, lat, taken_at, seconds, created_at, created_by)
values (:media_id, :sha256, :kind, :bytes, :area, :case_number, :report_id, :role, :lon, :lat, :taken_at, :seconds, :now, :created_by);

-- name: media_get^
select media_id, kind, bytes, area, ended_at, ended_why from media where media_id = :media_id and area like any(cast(:areas as text[]));

-- name: media_known
-- One whose file was lost is not known: it is written again.
select media_id from media where media_id = any(:media_ids ::text[]) and ended_why is distinct from 'lost';

-- name: media_take!
-- A picture that came in a frame: nobody's upload. The same one again changes nothing.
insert into media (media_id, sha256, kind, bytes, area, report_id, device_id, feed, role, lon, lat, taken_at, created_at)
values (:media_id, :sha256, :kind, :bytes, :area, :report_id, :device_id, :feed, :role, :lon, :lat, :taken_at, :now)
on conflict (media_id) do nothing;

-- name: media_list
select m.media_id, m.kind, m.bytes, m.role, m.lon, m.lat, m.taken_at, m.created_at, m.created_by, m.feed, m.report_id, d.device, m.ended_at, m.ended_why
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

-- name: media_expire
-- Older than the limit, and so is the end of all they belong to: the case, the hazard, the report and its alerts, incident and cases. A report that nobody
-- has decided, joined or ended is open; what was done to one counts from the last act. A device's picture belongs to the alerts of its moment,
-- and to what these led to. Joined one by one: an OR over two joins would be a loop over all cases.
with old as (
    select m.media_id
    from media m left join reports r using (report_id) left join incidents i using (incident_id)
    where m.ended_at is null and m.created_at < :before
      and not exists (select from cases c where c.case_number = m.case_number and (c.closed_at is null or c.closed_at >= :before))
      and not exists (select from cases c where c.report_id = m.report_id and (c.closed_at is null or c.closed_at >= :before))
      and not exists (select from cases c where c.incident_id = r.incident_id and (c.closed_at is null or c.closed_at >= :before))
      and not exists (select from hazards h where h.hazard_id = m.hazard_id and (h.ended_at is null or h.ended_at >= :before))
      and (r.report_id is null or r.stage <> 'open' or r.history or r.incident_id is not null or r.ended_at is not null)
      and (r.ended_at is null or r.ended_at < :before)
      and (i.incident_id is null or (i.stage in ('closed', 'dismissed') and coalesce(i.closed_at, i.updated_at) < :before))
      and not exists (select from alerts a where a.report_id = m.report_id and (a.stage <> 'normal' or coalesce(a.ended_at, a.updated_at) >= :before))
      and not exists (select from alerts a where a.device_id = m.device_id and a.observed_at <= coalesce(m.taken_at, m.created_at)
                      and (a.stage <> 'normal' or a.ended_at >= greatest(coalesce(m.taken_at, m.created_at), :before)))
      and not exists (select from alerts a join cases c on c.alert_id = a.alert_id
                      where a.device_id = m.device_id and coalesce(m.taken_at, m.created_at) between a.observed_at and coalesce(a.ended_at, 'infinity')
                      and (c.closed_at is null or c.closed_at >= :before))
      and not exists (select from alerts a join cases c on c.incident_id = a.incident_id
                      where a.device_id = m.device_id and coalesce(m.taken_at, m.created_at) between a.observed_at and coalesce(a.ended_at, 'infinity')
                      and (c.closed_at is null or c.closed_at >= :before))
      and not exists (select from alerts a join incidents n on n.incident_id = a.incident_id
                      where a.device_id = m.device_id and coalesce(m.taken_at, m.created_at) between a.observed_at and coalesce(a.ended_at, 'infinity')
                      and (n.stage not in ('closed', 'dismissed') or coalesce(n.closed_at, n.updated_at) >= :before))
      and not exists (select from audit u where u.noun = 'report' and u.key = m.report_id::text and u.at >= :before)
    order by m.created_at limit :limit for update of m skip locked)
update media m set ended_at = :now, ended_why = 'expired' from old where m.media_id = old.media_id returning m.media_id;

-- name: media_fates
select media_id, ended_why from media where media_id = any(:media_ids ::text[]);

-- name: media_living
select media_id from media where ended_at is null and created_at < :before and media_id > :after order by media_id limit :limit;

-- name: media_lose!
update media set ended_at = :now, ended_why = 'lost' where media_id = any(:media_ids ::text[]) and ended_at is null;

-- name: media_find!
update media set ended_at = null, ended_why = null where media_id = any(:media_ids ::text[]) and ended_why = 'lost';

-- name: media_mark$
select mark from media_folder;

-- name: media_mark_folder!
insert into media_folder (mark) values (:mark) on conflict (only_row) do nothing;
