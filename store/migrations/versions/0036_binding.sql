-- Named collectors, and what the clocks of cases were missing.

alter table cases
    add column collector_id integer references accounts,          -- who is to look on the spot, while it is verified or checked; null: any of the area
    add column late_rounds  smallint not null default 0;          -- rounds that were overdue before it was opened again
create index on cases (collector_id) where collector_id is not null;

-- With them a clock can be computed anew when the city's work days change.
alter table case_clocks
    add column ran      tstzmultirange,                           -- when it ran until running_since; null: nobody kept it
    add column calendar text not null default '';                 -- stamp of the calendar that its moments are of
create index case_clocks_calendar on case_clocks (calendar) where ended_at is null and unit in ('work_hours', 'work_days');
-- Whoever moves a clock and knows nothing of its stretches (a process of the release before) leaves word that nobody kept them.
create function forget_stretches() returns trigger language plpgsql as $$
begin
    new.ran := null;
    return new;
end $$;
create trigger clock_stretches before update of consumed on case_clocks for each row
    when (new.consumed <> old.consumed and new.ran is not distinct from old.ran and new.calendar = old.calendar) execute function forget_stretches();

-- What a sweep could not move: told once, tried again later, or as soon as the thing is another.
create table sweep_faults (
    part     text not null,                                       -- of the sweep: suspensions, requests, approvals, shelvings, shifts
    key      text not null,
    version  integer not null,                                    -- of the thing, when it failed
    why      text not null,
    since    timestamptz not null,
    tries    integer not null default 1,
    again_at timestamptz not null,
    primary key (part, key)
);

-- Replaced, not made anew: whoever reads it may go on doing so, whatever becomes of the versions after this one.
create or replace view live_cases with (security_invoker = true) as
    select case_number as id, case_number as number, coalesce(global_number, case_number) as global_number, title, text, class_code, condition_no, severity, urgent,
           stage, source, area, street_of(area) as street, level, cell_id, lon, lat, address, duty_grid, component_code, parent_number,
           lead_unit, routed_by, handler_id, handled_by, incident_id, alert_id, report_id, opened_at, registered_at, dispatched_at, taken_at, arrived_at,
           due_at, yellow_at, paused_at, overdue_at is not null as overdue, finished_at, fed_back_at, checked_at, closed_at, suspended_until,
           send_backs, reworks, extensions, suspensions, expedites, reminds, reopens, updated_at, drill, simulated, version,
           collector_id, late_rounds
    from cases;
