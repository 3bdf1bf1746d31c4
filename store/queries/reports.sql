-- name: reports_list
select to_jsonb(v) as shape from live_reports v
where v.area like any(cast(:areas as text[])) and v.area like :area and v.id < :after
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:channel as text) is null or v.channel = :channel)
  and (cast(:source as text) is null or v.source = :source)
  and (cast(:external_id as text) is null or v.external_id = :external_id)
  and (cast(:class_code as text) is null or v.class_code = :class_code)
  and (cast(:placement as text[]) is null or v.placement = any(cast(:placement as text[])))
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:incident_id as bigint) is null or v.incident_id = :incident_id)
  and v.observed_at >= :since and v.observed_at < :until
order by v.id desc limit :limit;

-- name: reports_requests
-- The page's numbers first, in one walk from the newest; shapes are made only of what is on it.
with page as materialized (
    select r.report_id, i.incident_id, i.stage, i.updated_at
    from reports r left join incidents i using (incident_id)
    where r.channel = any(cast(:channels as text[])) and r.area like any(cast(:areas as text[])) and r.area like :area
      and (cast(:codes as text[]) is null or r.class_code = any(cast(:codes as text[])))
      and (cast(:closed as boolean) is null or :closed = (r.ended_at is not null or r.stage = 'dismissed' or coalesce(i.stage in ('closed', 'dismissed'), false)))
      and r.observed_at >= :since and r.observed_at < :until and r.report_id < :after
    order by r.report_id desc limit :limit offset :skip)
select to_jsonb(v) as shape,
       case when p.incident_id is not null then jsonb_build_object('stage', p.stage, 'updated_at', p.updated_at) end as incident
from page p join live_reports v on v.id = p.report_id
order by v.id desc;

-- name: reports_lock^
select report_id, channel, title_for_all(title, external_id, extra) as title, text, class_code, severity, stage, area, cell_id, lon, lat, address, incident_id, drill, simulated, version,
       coalesce(extra ->> 'confidential' = 'true', false) as confidential
from reports where report_id = :report_id and area like any(cast(:areas as text[])) for update;

-- name: reports_extra^
select extra, person_id is not null as has_caller, title, text from reports where report_id = :report_id;

-- name: reports_save!
update reports set stage = :stage, class_code = :class_code, area = :area, cell_id = :cell_id, lon = :lon, lat = :lat, placement = coalesce(:placement, placement),
    incident_id = :incident_id, by_hand = case when :hand ::text is null or :hand = any(by_hand) then by_hand else by_hand || :hand ::text end, version = version + 1
where report_id = :report_id and version = :version;

-- name: reports_link!
update reports set incident_id = :incident_id, stage = case when stage = 'open' then 'confirmed' else stage end, version = version + 1
where report_id = :report_id;

-- name: reports_caller^
select p.name, p.phone, p.address, r.area
from reports r join persons p using (person_id)
where r.report_id = :report_id and r.area like any(cast(:areas as text[]));

-- name: reports_expired
-- Those a worker is revising are left: it may be told a later end.
select report_id, source, external_id, area from reports
where ends_at <= :now and ended_at is null order by ends_at, report_id limit :limit for update skip locked;

-- name: reports_expire!
update reports set ended_at = ends_at, processed_at = :now, version = version + 1 where report_id = any(:ids ::bigint[]);

-- name: reports_rung
select alert_id from alerts where subject = any(:subjects ::text[]) and stage in ('unack', 'acked') order by alert_id for update;

-- name: reports_near
-- Complaints of the same big class or of a class of its families, about then and about there, the nearest first; drills never with the real.
-- Confidential ones only for who may read them, and told by their number even then.
select report_id, class_code, title, title_for_all(title, external_id, extra) as shown, text, lon, lat, observed_at, drill, simulated, stage, incident_id, ended_at
from reports
where left(class_code, 2) = any(:groups ::text[]) and class_code is not null and lon is not null
  and observed_at between :since and :until
  and lon between :west and :east and lat between :south and :north
  and channel = any(:channels ::text[]) and drill = :drill and simulated = :simulated and stage <> 'dismissed'
  and report_id <> :report_id and area like any(cast(:areas as text[]))
  and (:secrets ::boolean or extra ->> 'confidential' is distinct from 'true')
order by (lon - :lon) ^ 2 + (lat - :lat) ^ 2, report_id limit :limit;

-- name: reports_verdicts
-- What people said of video candidates; drills are left out, simulated ones are counted apart. An unnamed camera or algorithm is ''.
select source, coalesce(case when :by ::text = 'camera' then extra ->> 'camera'
                             else coalesce(extra ->> 'algorithm', nullif(extra ->> 'label', ''), extra ->> 'type') end, '') as name, simulated,
       count(*) filter (where stage = 'dismissed') as dismissed,
       count(*) filter (where stage in ('confirmed', 'merged')) as confirmed,
       count(*) filter (where stage = 'open') as open
from reports
where channel = 'video' and not drill and observed_at >= :since and observed_at < :until
  and area like any(cast(:areas as text[])) and area like :area
group by 1, 2, 3
order by count(*) filter (where stage <> 'open') desc, count(*) desc, 1, 2, 3 limit :limit;
