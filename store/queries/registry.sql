-- name: registry_devices
-- Cameras also by their number of GB/T 28181.
select d.device_id, d.device, d.gb_id, d.name, d.domain, d.area, d.cell_id, d.lon, d.lat, d.interval_s, d.simulated, d.drill, d.updated_at, d.kind, d.tags,
       (select cell_code from cells c where c.cell_id = d.cell_id) as cell_code,
       (select jsonb_object_agg(m.metric, jsonb_build_array(dm.min, dm.max, dm.name, dm.unit)) from device_metrics dm join metrics m using (metric_id)
        where dm.device_id = d.device_id) as metrics,
       (select jsonb_agg(jsonb_build_object('metric', m.metric, 'level', l.level, 'value', l.value, 'season_from', l.season_from, 'season_to', l.season_to,
                                            'source', null, 'valid_since', l.valid_since, 'valid_until', l.valid_until))
        from device_levels l join metrics m using (metric_id) where l.device_id = d.device_id and l.withdrawn_at is null) as levels
from devices d where d.device = any(:devices) or d.gb_id = any(:devices);

-- name: registry_horizon$
-- Whatever was written by a transaction before this one has been committed or undone.
select pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: registry_changed
-- Asked with an overlap, so that a transaction that commits late is still seen; what was written before the horizon of the last look was seen
-- then: after an import of 100,000 devices each look of each thread would else bring all of them for as long as the overlap, 0.3 s each.
select device, updated_at from devices where updated_at > :since and age(xmin) <= age((:horizon)::text::xid8::xid);

-- name: registry_metrics
select metric_id, metric, label, unit, kind, min, max from metrics;

-- name: registry_metrics_named
select metric_id, metric, label, unit, kind, min, max from metrics where metric = any(:metrics);

-- name: registry_add_metrics!
-- As many as there is room for. An insert takes its number before it sees a conflict, and there are 32,767: known ones are left out first.
insert into metrics (metric, label, unit, kind)
select n.metric, n.label, n.unit, n.kind
from unnest(:metrics ::text[], :labels ::text[], :units ::text[], :kinds ::text[]) with ordinality as n (metric, label, unit, kind, place)
where not exists (select from metrics m where m.metric = n.metric)
order by n.place limit greatest(:most ::bigint - (select count(*) from metrics), 0)
on conflict (metric) do nothing;

-- name: registry_adopt!
insert into devices (device, name, domain, area, cell_id, lon, lat, placement, verified, gateway, product, model, firmware, created_at, updated_at)
values (:device, coalesce(:name, :device), :domain, :area, :cell_id, :lon, :lat, :placement, false, :gateway, :product, :model, :firmware, :now, :now)
on conflict (device) do nothing;

-- name: registry_move!
update devices set lon = :lon, lat = :lat, cell_id = :cell_id, area = coalesce(:area, area), placement = :placement, updated_at = :now
where device_id = :device_id;

-- name: registry_keep_metric!
-- Not "on conflict do update": that would take a number for each metric at every start.
with kept as (
    update metrics set label = :label, unit = :unit, kind = :kind, min = :min ::float8, max = :max ::float8
    where metric = :metric
      and (label, unit, kind, min, max) is distinct from (:label ::text, :unit ::text, :kind ::text, :min ::float8, :max ::float8)
)
insert into metrics (metric, label, unit, kind, min, max)
select :metric ::text, :label ::text, :unit ::text, :kind ::text, :min ::float8, :max ::float8
where not exists (select from metrics where metric = :metric)
on conflict (metric) do nothing;
