-- What the simulator's seed writes in bulk. Everything is marked simulated; a real city never runs these.

-- name: simulation_save_metrics!
insert into metrics (metric, label, unit, kind, min, max)
select r.metric, r.label, r.unit, r.kind, r.min, r.max
from jsonb_to_recordset(:rows) as r (metric text, label text, unit text, kind text, min double precision, max double precision)
on conflict (metric) do update set label = excluded.label, unit = excluded.unit, kind = excluded.kind, min = excluded.min, max = excluded.max;

-- name: simulation_save_devices!
insert into devices (device, name, domain, area, cell_id, lon, lat, placement, interval_s, kind, model, gateway, camera, gb_id, verified, simulated,
    drill, created_at, updated_at)
select r.device, r.name, r.domain, r.area, r.cell_id, r.lon, r.lat, 'inside', r.interval_s, r.kind, r.model, r.gateway, r.gb_id is not null, r.gb_id, true, true,
    coalesce(r.drill, false), :now, :now
from jsonb_to_recordset(:rows) as r (device text, name text, domain text, area text, cell_id integer, lon double precision, lat double precision,
    interval_s double precision, kind text, model text, gateway text, gb_id text, drill boolean)
order by r.device
on conflict (device) do update
set name = excluded.name, domain = excluded.domain, area = excluded.area, cell_id = excluded.cell_id, lon = excluded.lon, lat = excluded.lat,
    placement = excluded.placement, interval_s = excluded.interval_s, kind = excluded.kind, model = excluded.model, gateway = excluded.gateway,
    camera = excluded.camera, gb_id = excluded.gb_id, verified = true, simulated = true, updated_at = excluded.updated_at;

-- name: simulation_save_device_metrics!
insert into device_metrics (device_id, metric_id, unit, min, max, name)
select d.device_id, m.metric_id, m.unit, m.min, m.max, r.name
from jsonb_to_recordset(:rows) as r (device text, metric text, name text) join devices d using (device) join metrics m on m.metric = r.metric
on conflict (device_id, metric_id) do update set name = excluded.name;

-- name: simulation_save_levels!
insert into device_levels (device_id, metric_id, level, value, source, entered_at)
select d.device_id, m.metric_id, r.level, r.value, r.source, :now
from jsonb_to_recordset(:rows) as r (device text, metric text, level text, value double precision, source text)
join devices d using (device) join metrics m on m.metric = r.metric
where not exists (select from device_levels l where l.device_id = d.device_id and l.metric_id = m.metric_id and l.level = r.level and l.withdrawn_at is null);

-- name: simulation_watch_devices!
-- A device that is registered and never speaks must ring too; two minutes for the simulator to start.
insert into device_watch (device_id, attention_at)
select device_id, :now + make_interval(secs => interval_s + 120) from devices where simulated
on conflict (device_id) do nothing;

-- name: simulation_add_workers
with people as (
    select r.login, r.area, r.title, r.name, row_number() over (order by r.login) as n
    from jsonb_to_recordset(:rows) as r (login text, area text, title text, name text)
    where not exists (select from accounts a where a.login = r.login)
), persons_added as (
    insert into persons (name, created_at) select name, :now from people order by n returning person_id
), numbered as (
    select person_id, row_number() over (order by person_id) as n from persons_added
)
insert into accounts (login, password_hash, role, areas, person_id, title, created_at)
select p.login, :password_hash, 'grid_worker', array[p.area], q.person_id, p.title, :now from people p join numbered q using (n)
returning account_id, login;

-- name: simulation_set_password!
update accounts set password_hash = :password_hash, failures = 0, locked_until = null, disabled_at = null where login = any(cast(:logins as text[]));

-- name: simulation_assign_workers!
update duty_grids g set worker_id = a.account_id
from jsonb_to_recordset(:rows) as r (duty_grid text, login text) join accounts a using (login) where g.code = r.duty_grid;

-- name: simulation_add_alerts!
insert into alerts (rule, subject, device_id, metric_id, domain, class_code, severity, stage, title, value, threshold, unit, area, cell_id, lon, lat,
    observed_at, raised_at, updated_at, returned_at, acked_at, acked_by, ended_at, simulated)
select r.rule, r.subject, d.device_id, m.metric_id, d.domain, r.class_code, r.severity, 'normal', r.title, r.value, r.threshold, coalesce(m.unit, ''),
    d.area, d.cell_id, d.lon, d.lat, r.raised_at, r.raised_at, r.ended_at, r.returned_at, r.acked_at, r.acked_by, r.ended_at, true
from jsonb_to_recordset(:rows) as r (rule text, subject text, device text, metric text, class_code text, severity smallint, title text,
    value double precision, threshold double precision, raised_at timestamptz, returned_at timestamptz, acked_at timestamptz, acked_by text,
    ended_at timestamptz)
join devices d using (device) left join metrics m using (metric);

-- name: simulation_add_reports!
insert into reports (source, external_id, channel, class_code, title, text, area, cell_id, lon, lat, datum, placement, address, observed_at,
    received_at, processed_at, ended_at, confidence, stage, history, simulated)
select r.source, r.external_id, r.channel, r.class_code, r.title, r.text, r.area, r.cell_id, r.lon, r.lat, 'cgcs2000', 'inside', r.address,
    r.observed_at, r.observed_at, r.observed_at, r.ended_at, r.confidence, r.stage, true, true
from jsonb_to_recordset(:rows) as r (source text, external_id text, channel text, class_code text, title text, text text, area text, cell_id integer,
    lon double precision, lat double precision, address text, observed_at timestamptz, ended_at timestamptz, confidence double precision, stage text)
on conflict (source, external_id) do nothing;

-- name: simulation_add_cases!
insert into cases (case_number, title, text, class_code, severity, stage, area, cell_id, lon, lat, address, duty_grid, handler_id, handled_by, report_id,
    source, lead_unit, opened_at, registered_at, dispatched_at, taken_at, arrived_at, due_at, overdue_at, finished_at, checked_at, closed_at, updated_at, simulated)
select r.case_number, r.title, r.text, r.class_code, r.severity, 'closed', r.area, r.cell_id, r.lon, r.lat, r.address, g.code, g.worker_id, g.worker_id,
    p.report_id, 'hotline', w.unit_id, r.opened_at, r.registered_at, r.dispatched_at, r.taken_at, r.arrived_at, r.due_at,
    case when r.finished_at > r.due_at then r.due_at end, r.finished_at, r.closed_at, r.closed_at, r.closed_at, true
from jsonb_to_recordset(:rows) as r (case_number text, title text, text text, class_code text, severity smallint, area text, cell_id integer,
    lon double precision, lat double precision, address text, source text, external_id text, opened_at timestamptz, registered_at timestamptz,
    dispatched_at timestamptz, taken_at timestamptz, arrived_at timestamptz, due_at timestamptz, finished_at timestamptz, closed_at timestamptz)
left join cells c using (cell_id) left join duty_grids g on g.code = c.duty_grid left join accounts w on w.account_id = g.worker_id
left join reports p on p.source = r.source and p.external_id = r.external_id
on conflict (case_number) do nothing;

-- name: simulation_take_serials^
insert into case_serials as s (prefix, serial) values (:prefix, :count)
on conflict (prefix) do update set serial = s.serial + :count
returning serial;

-- name: simulation_has_history$
select exists (select from reports where simulated and history);

-- name: simulation_save_wire_metrics!
-- What a wire calls a metric; the registry maps it to the city's own.
insert into metrics (metric, label) select m, m from unnest(cast(:names as text[])) m on conflict (metric) do nothing;
