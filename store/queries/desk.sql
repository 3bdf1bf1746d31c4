-- name: desk_queue
-- What awaits somebody: what is late first, then by severity, what somebody else has after what nobody has, then the longest waiting.
-- Each branch gives at most a page from an index in that order; shapes are read for the page only.
with asked as (select :calm ::boolean as calm, :grave ::integer as severity, :others ::boolean as others, :since ::timestamptz as since,
                      :kind ::text as kind, :number ::bigint as number, :key ::text as key),
found as (
    (select 'alert' as kind, a.alert_id as number, '' as key, a.overdue_at is null as calm, a.severity, false as others, a.raised_at as since,
            a.respond_by as due_at
     from alerts a
     where 'alert' = any(cast(:kinds as text[])) and a.stage in ('unack', 'rtn_unack') and a.hold = 'none' and not a.probe and a.incident_id is null
       and (a.owner_id is null or a.owner_id = :me) and a.area like any(cast(:areas as text[])) and a.area like :area
       and (cast(:domain as text) is null or a.domain = :domain) and (cast(:severities as integer[]) is null or a.severity = any(cast(:severities as integer[])))
       and ((a.overdue_at is null), a.severity) >= (:calm ::boolean, :grave ::integer)
       and ((a.overdue_at is null), a.severity, false, a.raised_at, 'alert', a.alert_id, '')
           > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
     order by (a.overdue_at is null), a.severity, a.raised_at, a.alert_id limit :limit)
    union all
    -- An alert whose incident stands in the queue is its incident's work; one whose incident is handled or over is told of again by itself.
    (select 'alert', a.alert_id, '', a.overdue_at is null, a.severity, false, a.raised_at, a.respond_by
     from alerts a
     where 'alert' = any(cast(:kinds as text[])) and a.stage in ('unack', 'rtn_unack') and a.hold = 'none' and not a.probe and a.incident_id is not null
       -- Asked of both at once: among 100,000 alerts, each in an incident of its own, a list of those incidents took half as long again.
       and not exists (select from incidents i where i.incident_id = a.incident_id and i.stage in ('open', 'confirmed'))
       and (a.owner_id is null or a.owner_id = :me) and a.area like any(cast(:areas as text[])) and a.area like :area
       and (cast(:domain as text) is null or a.domain = :domain) and (cast(:severities as integer[]) is null or a.severity = any(cast(:severities as integer[])))
       and ((a.overdue_at is null), a.severity, false, a.raised_at, 'alert', a.alert_id, '')
           > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
     order by (a.overdue_at is null), a.severity, a.raised_at, a.alert_id limit :limit)
    union all
    (select 'alert', a.alert_id, '', a.overdue_at is null, a.severity, true, a.raised_at, a.respond_by
     from alerts a
     where 'alert' = any(cast(:kinds as text[])) and :owner ::text = 'any' and a.owner_id is not null and a.owner_id <> :me and a.stage <> 'normal'
       and a.stage in ('unack', 'rtn_unack') and a.hold = 'none' and not a.probe
       and not exists (select from incidents i where i.incident_id = a.incident_id and i.stage in ('open', 'confirmed'))
       and a.area like any(cast(:areas as text[])) and a.area like :area
       and (cast(:domain as text) is null or a.domain = :domain) and (cast(:severities as integer[]) is null or a.severity = any(cast(:severities as integer[])))
     order by (a.overdue_at is null), a.severity, a.raised_at, a.alert_id)
    union all
    (select 'report', r.report_id, '', true, coalesce(r.severity, 4), false, r.received_at, null::timestamptz
     from reports r
     where 'report' = any(cast(:kinds as text[])) and (cast(:codes as text[]) is null or r.class_code = any(cast(:codes as text[])))
       and r.stage = 'open' and r.incident_id is null and not r.history and r.ended_at is null
       and not exists (select from alerts a where a.report_id = r.report_id and a.stage <> 'normal')
       and r.area like any(cast(:areas as text[])) and r.area like :area
       and (cast(:severities as integer[]) is null or coalesce(r.severity, 4) = any(cast(:severities as integer[])))
       and (true, coalesce(r.severity, 4), false, r.received_at, 'report', r.report_id, '')
           > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
     order by coalesce(r.severity, 4), r.received_at, r.report_id limit :limit)
    union all
    (select 'incident', i.incident_id, '', i.overdue_at is null, i.severity, false, i.opened_at, i.respond_by
     from incidents i
     where 'incident' = any(cast(:kinds as text[])) and i.stage in ('open', 'confirmed') and (i.owner_id is null or i.owner_id = :me)
       and i.area like any(cast(:areas as text[])) and i.area like :area
       and (cast(:domain as text) is null or i.domain = :domain) and (cast(:severities as integer[]) is null or i.severity = any(cast(:severities as integer[])))
       and ((i.overdue_at is null), i.severity) >= (:calm ::boolean, :grave ::integer)
       and ((i.overdue_at is null), i.severity, false, i.opened_at, 'incident', i.incident_id, '')
           > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
     order by (i.overdue_at is null), i.severity, i.opened_at, i.incident_id limit :limit)
    union all
    (select 'incident', i.incident_id, '', i.overdue_at is null, i.severity, true, i.opened_at, i.respond_by
     from incidents i
     where 'incident' = any(cast(:kinds as text[])) and :owner ::text = 'any' and i.owner_id is not null and i.owner_id <> :me
       and i.stage in ('open', 'confirmed', 'handling') and i.stage in ('open', 'confirmed') and i.area like any(cast(:areas as text[])) and i.area like :area
       and (cast(:domain as text) is null or i.domain = :domain) and (cast(:severities as integer[]) is null or i.severity = any(cast(:severities as integer[]))))
    union all
    -- Late is what the sweep marked: the deadline of a case whose clock stands still means nothing.
    (select 'case', 0, c.case_number, c.overdue_at is null, c.severity, false, c.updated_at, c.due_at
     from cases c
     where 'case' = any(cast(:kinds as text[])) and (cast(:codes as text[]) is null or c.class_code = any(cast(:codes as text[]))) and c.stage = any(cast(:case_stages as text[])) and c.closed_at is null
       and (cast(:handler_id as integer) is null or c.handler_id is null or c.handler_id = :handler_id)
       and c.area like any(cast(:areas as text[])) and c.area like :area
       and (cast(:severities as integer[]) is null or c.severity = any(cast(:severities as integer[])))
       and ((c.overdue_at is null), c.severity) >= (:calm ::boolean, :grave ::integer)
       and ((c.overdue_at is null), c.severity, false, c.updated_at, 'case', 0, c.case_number)
           > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
     order by (c.overdue_at is null), c.severity, c.updated_at, c.case_number limit :limit)
    union all
    (select 'approval', p.approval_id, '', true, p.severity, false, p.asked_at, p.expires_at
     from approvals p
     where 'approval' = any(cast(:kinds as text[])) and p.stage = 'pending' and p.expires_at > :now and p.asked_id <> :me
       and p.area like any(cast(:areas as text[])) and p.area like :area
       and (cast(:severities as integer[]) is null or p.severity = any(cast(:severities as integer[]))))
)
select f.kind, f.number, f.key, f.calm, f.severity, f.others, f.since, f.due_at from found f, asked q
where (f.calm, f.severity, f.others, f.since, f.kind, f.number, f.key) > (q.calm, q.severity, q.others, q.since, q.kind, q.number, q.key)
order by f.calm, f.severity, f.others, f.since, f.kind, f.number, f.key
limit :limit;

-- name: desk_mine
-- What one officer has: what he took and what he acknowledged, as long as it is open.
with found as (
    select 'alert' as kind, alert_id as number, '' as key, overdue_at is null as calm, severity, false as others, raised_at as since, respond_by as due_at, area, domain
    from alerts where owner_id = :me and stage <> 'normal' and not probe
    union
    select 'alert', alert_id, '', overdue_at is null, severity, false, raised_at, respond_by, area, domain
    from alerts where acked_id = :me and stage = 'acked' and not probe
    union all
    select 'incident', incident_id, '', overdue_at is null, severity, false, opened_at, respond_by, area, domain
    from incidents where owner_id = :me and stage in ('open', 'confirmed', 'handling')
    union all
    select 'approval', approval_id, '', true, severity, false, asked_at, expires_at, area, null from approvals where asked_id = :me and stage = 'pending'
)
select kind, number, key, calm, severity, others, since, due_at from found
where kind = any(cast(:kinds as text[])) and area like any(cast(:areas as text[])) and area like :area
  and (cast(:domain as text) is null or domain is null or domain = :domain)
  and (cast(:severities as integer[]) is null or severity = any(cast(:severities as integer[])))
  and (calm, severity, others, since, kind, number, key) > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
order by calm, severity, others, since, kind, number, key limit :limit;

-- name: desk_held
-- Alerts nobody is told of, apart: shelved, suppressed, out of service.
select 'alert' as kind, alert_id as number, '' as key, true as calm, severity, false as others, raised_at as since, hold_until as due_at
from alerts
where stage in ('unack', 'rtn_unack') and hold <> 'none' and not probe and area like any(cast(:areas as text[])) and area like :area
  and (cast(:domain as text) is null or domain = :domain) and (cast(:severities as integer[]) is null or severity = any(cast(:severities as integer[])))
  and (true, severity, false, raised_at, 'alert', alert_id, '')
      > (:calm ::boolean, :grave ::integer, :others ::boolean, :since ::timestamptz, :kind ::text, :number ::bigint, :key ::text)
order by severity, raised_at, alert_id limit :limit;

-- name: desk_counts
-- How many there are, of each severity, and how many of them are late.
select 'alert' as kind, severity, count(*) as open, count(*) filter (where overdue_at is not null) as overdue
from alerts a
where stage in ('unack', 'rtn_unack') and hold = 'none' and not probe and incident_id is null
  and area like any(cast(:areas as text[])) and area like :area group by severity
union all
select 'joined', a.severity, count(*), count(*) filter (where a.overdue_at is not null)
from alerts a
where a.stage in ('unack', 'rtn_unack') and a.hold = 'none' and not a.probe and a.incident_id is not null
  and a.area like any(cast(:areas as text[])) and a.area like :area group by severity
union all
select 'held', severity, count(*), 0 from alerts
where stage in ('unack', 'rtn_unack') and hold <> 'none' and not probe and area like any(cast(:areas as text[])) and area like :area group by severity
union all
select 'incident', severity, count(*), count(*) filter (where overdue_at is not null) from incidents
where stage in ('open', 'confirmed') and area like any(cast(:areas as text[])) and area like :area group by severity
union all
select 'report', coalesce(r.severity, 4), count(*), 0 from reports r
where r.stage = 'open' and r.incident_id is null and not r.history and r.ended_at is null
  and not exists (select from alerts a where a.report_id = r.report_id and a.stage <> 'normal')
  and r.area like any(cast(:areas as text[])) and r.area like :area group by coalesce(r.severity, 4)
union all
select 'case', severity, count(*), count(*) filter (where overdue_at is not null) from cases
where closed_at is null and area like any(cast(:areas as text[])) and area like :area group by severity
union all
select 'approval', severity, count(*), 0 from approvals
where stage = 'pending' and expires_at > :now and asked_id <> :me and area like any(cast(:areas as text[])) and area like :area group by severity;

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
