-- name: devices_list
select d.device_id as id, d.device, d.name, d.domain, d.area, d.cell_id, d.lon, d.lat, d.placement, d.interval_s, d.kind, d.product,
       d.model, d.firmware, d.owner, d.network_zone, d.gateway, d.installed_on, d.calibrated_on, d.camera, d.gb_id, d.bearing, d.angle, d.reach_m,
       d.target_class, d.tags, d.verified, d.presence, d.presence_at,
       d.silent_at, d.simulated, d.drill, d.updated_at
from devices d
where not d.probe and d.area like any(cast(:areas as text[])) and d.area like :area and d.device_id > :after_id
  and (cast(:domain as text) is null or d.domain = :domain)
  and (cast(:cell as text) is null or d.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:gateway as text) is null or d.gateway = :gateway)
  and (cast(:owner as text) is null or d.owner = :owner)
  and (cast(:kind as text) is null or d.kind = :kind)
  and (cast(:search as text) is null or position(lower(:search) in lower(d.name)) > 0 or position(lower(:search) in lower(d.device)) > 0)
  and (cast(:tagged as text[]) is null
       or exists (select from device_states s join metrics m using (metric_id) where s.device_id = d.device_id and m.metric = any(cast(:tagged as text[])))
       or exists (select from device_metrics dm join metrics m using (metric_id)
                  where dm.device_id = d.device_id and coalesce(dm.name, m.metric) = any(cast(:tagged as text[]))))
  and (cast(:state as text) is null
       or (:state = 'silent' and d.silent_at is not null) or (:state = 'speaking' and d.silent_at is null)
       or (:state = 'maintenance' and exists (select from maintenance m join cases c using (case_number)
                                              where m.device_id = d.device_id and c.stage <> all(cast(:ended as text[]))))
       or (:state = 'unverified' and not d.verified) or (:state = d.presence) or (:state = 'unplaced' and d.placement <> 'inside'))
order by d.device_id limit :limit;

-- name: devices_get^
select d.device_id as id, d.device, d.name, d.domain, d.area, d.cell_id, d.lon, d.lat, d.placement, d.interval_s, d.kind, d.product,
       d.model, d.firmware, d.owner, d.network_zone, d.gateway, d.installed_on, d.calibrated_on, d.camera, d.gb_id, d.bearing, d.angle, d.reach_m,
       d.target_class, d.tags, d.verified, d.presence, d.presence_at,
       d.silent_at, d.simulated, d.drill, d.updated_at
from devices d where d.device = :device and d.area like any(cast(:areas as text[]));

-- name: devices_metrics
-- What the device says of its metrics, and beside it the city's metric that they become.
select dm.device_id, m.metric, dm.unit, dm.min, dm.max, dm.name, c.kind, c.label, c.unit as city_unit, c.min as city_min, c.max as city_max
from device_metrics dm join metrics m using (metric_id) left join metrics c on c.metric = coalesce(dm.name, m.metric)
where dm.device_id = any(:device_ids) order by dm.device_id, m.metric;

-- name: devices_states
select s.device_id, m.metric, m.label, m.unit, m.kind, s.value, s.text, s.quality, s.observed_at, s.changed_at, s.updated_at
from device_states s join metrics m using (metric_id) where s.device_id = any(:device_ids) order by s.device_id, m.metric;

-- name: devices_add_metrics!
-- A metric that only wires had named so far has no unit: the first device that is registered with one says it.
with said as (
    select * from unnest(cast(:metrics as text[]), cast(:labels as text[]), cast(:units as text[]), cast(:kinds as text[])) as n (metric, label, unit, kind)
), told as (
    update metrics m set unit = n.unit from said n where m.metric = n.metric and m.unit = '' and n.unit <> '' and m.kind = 'number'
)
insert into metrics (metric, label, unit, kind) select n.metric, n.label, n.unit, n.kind from said n
where not exists (select from metrics m where m.metric = n.metric) on conflict (metric) do nothing;

-- name: devices_catalogue
select metric, unit, kind from metrics where metric = any(:metrics);

-- name: devices_register^
-- None where it would become a drill, or cease to be one, while an alert of it stands: what it says next would go on under that alert's mark.
insert into devices as d (device, name, domain, area, cell_id, lon, lat, placement, interval_s, kind, product, model, firmware, owner, network_zone,
                          gateway, installed_on, calibrated_on, camera, gb_id, bearing, angle, reach_m, tags, verified, simulated, drill, created_at, updated_at)
values (:device, :name, :domain, :area, :cell_id, :lon, :lat, :placement, :interval_s, :kind, :product, :model, :firmware, :owner, :network_zone,
        :gateway, :installed_on, :calibrated_on, :camera, :gb_id, :bearing, :angle, :reach_m, cast(:tags as text[]), true, :simulated, :drill, :now, :now)
on conflict (device) do update
set name = excluded.name, domain = excluded.domain, area = excluded.area, cell_id = excluded.cell_id, lon = excluded.lon, lat = excluded.lat,
    placement = excluded.placement, interval_s = excluded.interval_s, kind = excluded.kind, product = excluded.product, model = excluded.model,
    firmware = excluded.firmware, owner = excluded.owner, network_zone = excluded.network_zone, gateway = excluded.gateway,
    installed_on = excluded.installed_on, calibrated_on = excluded.calibrated_on, camera = excluded.camera,
    gb_id = excluded.gb_id, bearing = excluded.bearing, angle = excluded.angle, reach_m = excluded.reach_m, tags = excluded.tags, verified = true,
    simulated = excluded.simulated, drill = excluded.drill, updated_at = excluded.updated_at
where d.drill = excluded.drill or not exists (select from alerts a where a.device_id = d.device_id and a.stage <> 'normal' and a.severity < 5)
returning device_id, xmax = 0 as created;

-- name: devices_set_metric!
insert into device_metrics (device_id, metric_id, unit, min, max, name)
select :device_id, metric_id, :unit, :min, :max, :name from metrics where metric = :metric
on conflict (device_id, metric_id) do update set unit = excluded.unit, min = excluded.min, max = excluded.max, name = excluded.name;

-- name: devices_watch!
insert into device_watch (device_id, attention_at) values (:device_id, :attention_at) on conflict (device_id) do nothing;

-- name: devices_cell_of_code^
select cell_id, cell_code, area, duty_grid, lon, lat from cells where cell_code = :cell_code;

-- name: devices_entries
select d.device_id, d.device, d.name, d.domain, d.area, d.placement, d.cell_id, d.lon, d.lat, d.interval_s, d.kind, d.product, d.model, d.firmware,
       d.owner, d.network_zone, d.gateway, d.installed_on, d.calibrated_on, d.gb_id, d.bearing, d.angle, d.reach_m, s.url as stream_url, d.target_class, d.tags,
       d.simulated, d.drill, d.verified
from devices d left join camera_streams s using (device_id) where d.device = any(:devices);

-- name: devices_in_maintenance
-- Devices whose maintenance case is still open, and its number.
select m.device_id, max(m.case_number) as case_number from maintenance m join cases c using (case_number)
where c.stage <> all(cast(:ended as text[])) and m.device_id = any(cast(:device_ids as int4[])) group by m.device_id;

-- name: devices_summary
-- Of the whole, by owner and by kind: which set a row belongs to is told by `part`. Drills are in no figure.
select case when grouping(d.owner) = 0 then 'owner' when grouping(d.kind) = 0 then 'kind' else 'all' end as part,
       case when grouping(d.owner) = 0 then d.owner else d.kind end as name,
       count(*) as devices, count(*) filter (where d.silent_at is not null or d.presence = 'offline') as offline,
       count(*) filter (where coalesce(w.inhibited, false)) as behind_gateway, count(mended.device_id) as in_maintenance
from devices d left join device_watch w using (device_id)
left join (select distinct m.device_id from maintenance m join cases c using (case_number)
           where c.stage <> all(cast(:ended as text[]))) mended using (device_id)
where d.area like any(cast(:areas as text[])) and d.area like :area and not d.drill and not d.probe and (cast(:domain as text) is null or d.domain = :domain)
group by grouping sets ((), (d.owner), (d.kind))
order by part, devices desc, name;
