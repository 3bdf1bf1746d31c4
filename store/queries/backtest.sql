-- What a rule is played over: readings of one metric as they were stored, and what people said of the alerts that rang.

-- name: backtest_devices
select d.device_id, d.device from device_states s join devices d using (device_id) join metrics m using (metric_id)
where m.metric = :metric order by d.device_id;

-- name: backtest_lively
-- Devices with at least one value beyond the mildest limit: of the others nothing can begin.
select r.device_id from readings r
where r.metric_id = :metric_id and r.device_id = any(cast(:devices as integer[])) and r.observed_at >= :since and r.observed_at < :until
  and (r.value > cast(:above as double precision) or r.value < cast(:below as double precision))
group by r.device_id;

-- name: backtest_readings
select r.device_id, r.observed_at, r.value, r.quality from readings r
where r.metric_id = :metric_id and r.device_id = any(cast(:devices as integer[])) and r.observed_at >= :since and r.observed_at < :until
order by r.device_id, r.observed_at;

-- name: backtest_alerts
select d.device, a.raised_at as since, coalesce(a.returned_at, a.ended_at) as until,
       coalesce(a.verdict, case when i.stage = 'dismissed' then 'false_alarm' end) as verdict
from alerts a join devices d using (device_id) left join incidents i using (incident_id)
where a.rule = :rule and a.raised_at < :until and coalesce(a.returned_at, a.ended_at, :until) >= :since and not a.probe and not a.drill
order by a.raised_at limit :limit;
