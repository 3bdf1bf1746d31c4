-- name: readings_metric^
select metric_id, unit, kind from metrics where metric = :metric;

-- name: readings_device^
select device_id from devices where device = :device and area like any(cast(:areas as text[]));

-- name: readings_raw
select r.value, r.text, r.quality, r.observed_at, r.received_at
from readings r
where r.device_id = :device_id and r.metric_id = :metric_id and r.observed_at >= :since and r.observed_at < :until
order by r.observed_at limit :limit;

-- name: readings_of_device
select m.metric, r.metric_id, r.value, r.text, r.quality, r.observed_at, r.received_at
from readings r join metrics m using (metric_id)
where r.device_id = :device_id and r.observed_at >= :since and r.observed_at < :until
  and (r.observed_at, r.metric_id) > (:since, cast(:after_metric as smallint))
  and (cast(:tagged as text[]) is null or m.metric = any(cast(:tagged as text[])))
order by r.observed_at, r.metric_id limit :limit;

-- name: readings_stepped
-- Only values that can be trusted are folded, the others are counted beside them so that completeness shows.
select time_bucket(:step, r.observed_at, :origin) as at,
       min(r.value) filter (where r.quality = any(:good)) as min, max(r.value) filter (where r.quality = any(:good)) as max,
       avg(r.value) filter (where r.quality = any(:good)) as avg,
       count(r.value) filter (where r.quality = any(:good)) as count, count(*) as received
from readings r
where r.device_id = :device_id and r.metric_id = :metric_id and r.observed_at >= :since and r.observed_at < :until
group by 1 order by 1 limit :limit;

-- name: readings_rejected
select rejected_id as id, received_at, feed, reason, detail, device, area, raw
from rejected
where rejected_id < :after and area like any(cast(:areas as text[])) and area like :area
  and (cast(:feed as text) is null or feed = :feed) and (cast(:reason as text) is null or reason = :reason)
  and (cast(:device as text) is null or device = :device)
  and received_at >= :since and received_at < :until
order by rejected_id desc limit :limit;
