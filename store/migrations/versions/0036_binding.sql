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
update case_clocks set ran = case
    when consumed = '0' and paused_for = '0' then '{}'
    when running_since is null and paused_for = '0' and started_at < paused_at then tstzmultirange(tstzrange(started_at, paused_at)) end
where ended_at is null;

update cases c set late_rounds = k.late
from (select case_number, count(*) as late from case_clocks k
      where clock = 'total' and overdue_at is not null
        and exists (select from case_clocks later where later.case_number = k.case_number and later.clock = 'total' and later.round > k.round)
      group by case_number) k
where k.case_number = c.case_number;

-- What a sweep could not move: told once, tried again later, or as soon as the thing is another.
create table sweep_faults (
    part     text not null,                                       -- of the sweep: resume, approvals, shelvings, shifts
    key      text not null,
    version  integer not null,                                    -- of the thing, when it failed
    why      text not null,
    since    timestamptz not null,
    tries    integer not null default 1,
    again_at timestamptz not null,
    primary key (part, key)
);

-- A case of a confidential ticket bears the ticket's number, never its words: those stand in the report, for the desk and who handles it.
update cases c set title = '保密工单 ' || r.external_id, text = null
from reports r where r.report_id = c.report_id and r.extra ->> 'confidential' = 'true';
create function veil_cases() returns trigger language plpgsql security definer set search_path = public as $$
begin
    update cases set title = '保密工单 ' || new.external_id, text = null, updated_at = new.processed_at, version = version + 1 where report_id = new.report_id;
    return new;
end $$;
create trigger report_veils_cases after update of extra on reports for each row
    when (new.extra ->> 'confidential' = 'true' and old.extra ->> 'confidential' is distinct from 'true') execute function veil_cases();

drop view live_cases;
create view live_cases with (security_invoker = true) as
    select case_number as id, case_number as number, coalesce(global_number, case_number) as global_number, title, text, class_code, condition_no, severity, urgent,
           stage, source, area, street_of(area) as street, level, cell_id, lon, lat, address, duty_grid, component_code, parent_number,
           lead_unit, routed_by, handler_id, handled_by, collector_id, incident_id, alert_id, report_id, opened_at, registered_at, dispatched_at, taken_at, arrived_at,
           due_at, yellow_at, paused_at, overdue_at is not null as overdue, late_rounds, finished_at, fed_back_at, checked_at, closed_at, suspended_until,
           send_backs, reworks, extensions, suspensions, expedites, reminds, reopens, updated_at, drill, simulated, version
    from cases;
