-- name: registry_devices
select d.device_id, d.device, d.name, d.domain, d.area, d.cell_id, d.lon, d.lat, d.interval_s, d.simulated, d.drill, d.updated_at,
       (select jsonb_object_agg(m.metric, jsonb_build_array(dm.min, dm.max, dm.name, dm.unit)) from device_metrics dm join metrics m using (metric_id)
        where dm.device_id = d.device_id) as metrics
from devices d where d.device = any(:devices);

-- name: registry_changed
-- Asked with an overlap, so that a transaction that commits late is still seen; who knows this version already keeps it.
select device, updated_at from devices where updated_at > :since;

-- name: registry_metrics
select metric_id, metric, label, unit, kind, min, max from metrics;

-- name: registry_add_metric!
insert into metrics (metric, label, unit, kind) values (:metric, :label, :unit, :kind) on conflict (metric) do nothing;

-- name: registry_adopt!
insert into devices (device, name, domain, area, cell_id, lon, lat, placement, verified, gateway, created_at, updated_at)
values (:device, :device, :domain, :area, :cell_id, :lon, :lat, :placement, false, :gateway, :now, :now)
on conflict (device) do nothing;

-- name: registry_move!
update devices set lon = :lon, lat = :lat, cell_id = :cell_id, area = coalesce(:area, area), placement = :placement, updated_at = :now
where device_id = :device_id;

-- name: registry_keep_metric!
insert into metrics as m (metric, label, unit, kind, min, max) values (:metric, :label, :unit, :kind, :min, :max)
on conflict (metric) do update set label = excluded.label, unit = excluded.unit, kind = excluded.kind, min = excluded.min, max = excluded.max
where (m.label, m.unit, m.kind, m.min, m.max) is distinct from (excluded.label, excluded.unit, excluded.kind, excluded.min, excluded.max);
