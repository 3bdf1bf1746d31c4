-- What permits allow, and target classes.

-- name: limits_metrics
-- What is told by a wire's name or the city's, as the city's metric.
select n.told, c.metric, c.unit
from unnest(cast(:names as text[])) as n (told)
left join metrics w on w.metric = n.told
left join device_metrics dm on dm.device_id = :device_id and dm.metric_id = w.metric_id
join metrics c on c.metric = coalesce(dm.name, n.told);

-- name: limits_read
select l.device_id, m.metric, l.average, l.most, l.least, l.unit, l.permit, l.valid_since, l.valid_until
from permit_limits l join metrics m using (metric_id)
where l.device_id = any(cast(:device_ids as int4[])) and l.withdrawn_at is null
order by l.device_id, m.metric, l.average, l.valid_since nulls first;

-- name: limits_withdraw!
update permit_limits l set withdrawn_at = :now from metrics m
where l.device_id = :device_id and m.metric_id = l.metric_id and m.metric = :metric and l.average = :average
  and l.valid_since is not distinct from cast(:valid_since as date) and l.withdrawn_at is null;

-- name: limits_add!
insert into permit_limits (device_id, metric_id, average, most, least, unit, permit, valid_since, valid_until, entered_at)
select :device_id, metric_id, :average, :most, :least, :unit, :permit, :valid_since, :valid_until, :now from metrics where metric = :metric;

-- name: limits_in_force
select d.device, d.area, d.simulated, d.interval_s, m.metric, m.unit as city_unit, l.average, l.most, l.least, l.unit, l.permit, l.valid_since, l.valid_until
from permit_limits l join devices d using (device_id) join metrics m using (metric_id)
where l.withdrawn_at is null and not d.drill and coalesce(l.valid_since <= :day, true) and coalesce(l.valid_until >= :day, true)
order by d.device, m.metric, l.average, l.valid_since nulls first;

-- name: limits_targets
select device, target_class from devices where target_class is not null and not drill;

-- name: limits_set_target!
update devices set target_class = :target_class where device_id = :device_id;
