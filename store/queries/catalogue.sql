-- The catalogue of metrics.

-- name: catalogue_metrics
select metric, label, unit, kind, min, max from metrics order by metric;

-- name: catalogue_expected
-- In the order asked. The unit is the device's own where it has one under this name, else that of the city's metric it becomes.
select d.area, c.kind, case when c.metric_id is not null then coalesce(nullif(dm.unit, ''), c.unit) end as unit
from unnest(cast(:devices as text[]), cast(:metrics as text[])) with ordinality as p (device, metric, place)
left join devices d on d.device = p.device and d.area like any(cast(:areas as text[]))
left join metrics m on m.metric = p.metric
left join device_metrics dm on dm.device_id = d.device_id and dm.metric_id = m.metric_id
left join metrics c on c.metric = coalesce(dm.name, p.metric)
order by p.place;
