-- Areas, cells, duty grids and layers. A re-import keeps the cell_id of every code that is still there.

-- name: geography_save_area!
insert into areas (code, name, level, parent, lon, lat, geometry, schematic, updated_at)
values (:code, :name, :level, :parent, :lon, :lat, cast(:geometry as jsonb), :schematic, :now)
on conflict (code) do update set name = excluded.name, level = excluded.level, parent = excluded.parent, lon = excluded.lon,
    lat = excluded.lat, geometry = excluded.geometry, schematic = excluded.schematic, updated_at = excluded.updated_at;

-- name: geography_save_duty_grid!
insert into duty_grids (code, name, area, schematic) values (:code, :name, :area, :schematic)
on conflict (code) do update set name = excluded.name, area = excluded.area, schematic = excluded.schematic;

-- name: geography_stage_cells#
create temporary table staged_cells (
    place integer, cell_code text, area text, duty_grid text, lon double precision, lat double precision, geometry jsonb,
    area_m2 double precision, schematic boolean
) on commit drop;

-- name: geography_copy_cells!
copy staged_cells from stdin;

-- name: geography_add_cells!
-- In the order given, so that a fresh import numbers cells as their codes run.
insert into cells (cell_code, area, duty_grid, lon, lat, geometry, area_m2, schematic)
select cell_code, area, duty_grid, lon, lat, geometry, area_m2, schematic from staged_cells s
where not exists (select from cells c where c.cell_code = s.cell_code) order by place;

-- name: geography_change_cells!
update cells c set area = s.area, duty_grid = s.duty_grid, lon = s.lon, lat = s.lat, geometry = s.geometry, area_m2 = s.area_m2, schematic = s.schematic
from staged_cells s where s.cell_code = c.cell_code
  and (c.area, c.duty_grid, c.lon, c.lat, c.geometry, c.area_m2, c.schematic)
      is distinct from (s.area, s.duty_grid, s.lon, s.lat, s.geometry, s.area_m2, s.schematic);

-- name: geography_gone_cells
select cell_id from cells c where not exists (select from staged_cells s where s.cell_code = c.cell_code);

-- name: geography_remove_cells!
delete from cells where cell_id = any(:cell_ids);

-- name: geography_drop_stage#
drop table staged_cells;

-- name: geography_release_duty_grids!
update cases set duty_grid = null where duty_grid in
    (select code from duty_grids d where not exists (select from cells c where c.duty_grid = d.code) and d.code <> all(:kept));

-- name: geography_remove_duty_grids!
delete from duty_grids d where d.code <> all(:kept) and not exists (select from cells c where c.duty_grid = d.code);

-- name: geography_remove_areas!
-- One level at a time, the narrowest first; what still carries cells, duty grids or areas stays.
delete from areas a where a.level = :level and a.code <> all(:kept)
  and not exists (select from cells c where c.area = a.code)
  and not exists (select from duty_grids d where d.area = a.code)
  and not exists (select from areas b where b.parent = a.code);

-- name: geography_held_areas
select code from areas where code <> all(:kept) order by code;

-- name: geography_save_layer!
insert into layers (name, label, kind, geometry, schematic, updated_at)
values (:name, :label, :kind, cast(:geometry as jsonb), :schematic, :now)
on conflict (name) do update set label = excluded.label, kind = excluded.kind, geometry = excluded.geometry,
    schematic = excluded.schematic, updated_at = excluded.updated_at;

-- name: geography_cells
select cell_id, cell_code, area, duty_grid, lon, lat, area_m2, schematic, cast(geometry as text) as geometry from cells order by cell_code;

-- name: geography_areas
select code, name, level, parent, lon, lat, schematic, cast(geometry as text) as geometry from areas order by length(code), code;

-- name: geography_duty_grids
select code, name, area, schematic from duty_grids order by code;

-- name: geography_boundary
select code, cast(geometry as text) as geometry from areas where length(code) = (select min(length(code)) from areas);

-- name: geography_layer_list
select name, label, kind, schematic, updated_at from layers
union all select 'areas', '区域', 'polygon', bool_or(schematic), max(updated_at) from areas having count(*) > 0
union all select 'cells', '单元网格', 'polygon', bool_or(schematic), null from cells having count(*) > 0
order by name;

-- name: geography_layer$
select cast(geometry as text) from layers where name = :name;

-- name: geography_cells_layer$
select '{"type":"FeatureCollection","features":[' || coalesce(string_agg(
    '{"type":"Feature","id":' || cell_id || ',"properties":' || jsonb_build_object(
        'code', cell_code, 'area', area, 'street', left(area, 9), 'duty_grid', duty_grid, 'schematic', schematic)
    || ',"geometry":' || geometry || '}', ',' order by cell_code), '') || ']}'
from cells where area like any(cast(:areas as text[]));

-- name: geography_cells_seen
select cell_id, area, cast(geometry as text) as geometry from cells where area like any(cast(:areas as text[])) order by area, cell_id;

-- name: geography_areas_layer$
-- The areas above a scope come too: a street's screen still shows its district's outline.
select '{"type":"FeatureCollection","features":[' || coalesce(string_agg(
    '{"type":"Feature","id":' || to_json(code) || ',"properties":' || jsonb_build_object(
        'code', code, 'name', name, 'level', level, 'schematic', schematic, 'lon', lon, 'lat', lat)
    || ',"geometry":' || geometry || '}', ',' order by length(code), code), '') || ']}'
from areas where code like any(cast(:areas as text[])) or exists (select from unnest(cast(:prefixes as text[])) p where starts_with(p, areas.code));

-- name: geography_placed
-- What has coordinates and must find its cell anew: everything of a table, or what lay in cells that go.
select device_id as id, lon, lat from devices where lon is not null and lat is not null;

-- name: geography_place_device!
update devices set cell_id = :cell_id, area = case when :area = '' then area else :area end, placement = :placement, updated_at = :now
where device_id = :id and (cell_id, placement) is distinct from (:cell_id, :placement);

-- name: geography_lost_reports
select report_id as id, lon, lat from reports where cell_id = any(:cell_ids);

-- name: geography_lost_alerts
select alert_id as id, lon, lat from alerts where cell_id = any(:cell_ids);

-- name: geography_lost_incidents
select incident_id as id, lon, lat from incidents where cell_id = any(:cell_ids);

-- name: geography_lost_cases
select case_number as id, lon, lat from cases where cell_id = any(:cell_ids);

-- name: geography_lost_devices
select device_id as id, lon, lat from devices where cell_id = any(:cell_ids);

-- name: geography_move_reports!
update reports set cell_id = :cell_id where report_id = :id;

-- name: geography_move_alerts!
update alerts set cell_id = :cell_id where alert_id = :id;

-- name: geography_move_incidents!
update incidents set cell_id = :cell_id where incident_id = :id;

-- name: geography_move_cases!
update cases set cell_id = :cell_id where case_number = :id;

-- name: geography_move_devices!
update devices set cell_id = :cell_id, updated_at = :now where device_id = :id;

-- name: geography_forget_values!
-- Packed cell values name cells by number; the projector writes them anew within a second.
delete from cell_values;

-- name: geography_version$
-- Changes whenever areas or cells were imported: whoever holds a locator reads it anew.
select coalesce(max(updated_at)::text, '') || '/' || (select count(*) || ':' || coalesce(max(cell_id), 0) from cells) from areas;

-- name: geography_area_name$
select name from areas where code = :code;
