-- name: desk_queue
-- What awaits somebody, what is late first, then by severity, then the longest waiting.
with items as (
    select 'alert' as kind, v.id::text as id, v.severity, v.raised_at as since, null::timestamptz as due_at, v.area, to_jsonb(v) as shape
    from live_alerts v left join live_incidents i on i.id = v.incident_id
    where v.stage in ('unack', 'rtn_unack') and v.hold = 'none' and (v.incident_id is null or i.stage in ('closed', 'dismissed') or i.stage = 'handling')
    union all
    select 'report', v.id::text, coalesce(v.severity, 4), v.received_at, null, v.area, to_jsonb(v)
    from live_reports v
    where v.stage = 'open' and v.incident_id is null and not v.history and v.ended_at is null
      and not exists (select from alerts a where a.report_id = v.id and a.stage <> 'normal')
    union all
    select 'incident', v.id::text, v.severity, v.opened_at, null, v.area, to_jsonb(v)
    from live_incidents v where v.stage in ('open', 'confirmed')
    union all
    select 'case', v.number, v.severity, v.updated_at, v.due_at, v.area, to_jsonb(v)
    from live_cases v
    where v.stage = any(cast(:case_stages as text[])) and (cast(:handler_id as integer) is null or v.handler_id is null or v.handler_id = :handler_id)
)
select kind, id, since, due_at, shape from items
where kind = any(cast(:kinds as text[])) and area like any(cast(:areas as text[]))
order by (due_at is not null and due_at <= :now) desc, severity, coalesce(due_at, since), id
limit :limit;

-- name: desk_cell^
select c.cell_id, c.cell_code, c.area, street_of(c.area) as street, c.lon, c.lat, c.area_m2, c.schematic,
       g.code as duty_grid, g.name as duty_grid_name, a.title as worker
from cells c left join duty_grids g on g.code = c.duty_grid left join accounts a on a.account_id = g.worker_id and a.disabled_at is null
where c.cell_id = :cell_id and c.area like any(cast(:areas as text[]));

-- name: desk_cells
select c.cell_id, c.cell_code, c.area, street_of(c.area) as street, c.duty_grid, c.lon, c.lat, c.area_m2, c.schematic
from cells c
where c.area like any(cast(:areas as text[])) and c.area like :area and c.cell_id > :after_id
  and (cast(:duty_grid as text) is null or c.duty_grid = :duty_grid)
  and (cast(:cell_code as text) is null or c.cell_code = :cell_code)
order by c.cell_id limit :limit;

-- name: desk_areas
select code, name, level, parent, lon, lat, schematic from areas
where code like any(cast(:areas as text[])) or exists (select from unnest(cast(:areas as text[])) as seen where seen like code || '%%')
order by length(code), code;

-- name: desk_geography_stamp^
-- Changes whenever an outline, a layer or the set of cells does, cheap enough to ask often.
select (select count(*) from cells) as cells, (select max(cell_id) from cells) as newest, (select max(updated_at) from areas) as areas,
       (select max(updated_at) from layers) as layers, (select count(*) from layers) as layer_count;
