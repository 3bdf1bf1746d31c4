-- Work days, class standards and the clocks of cases.

-- The city's own days off and make-up days: they go before the country's calendar and before the weekend.
create table work_days (
    day   date primary key,
    works boolean not null,
    note  text not null default ''
);

-- 立案、处置和结案标准: a row is a class × condition with its limit. A row that vanished from the city's table is ended, never deleted.
create table class_standards (
    standard_id  integer generated always as identity primary key,
    kind         text not null check (kind in ('event', 'component')),
    class_code   text not null,                      -- 4 digits: 2 big, 2 small; events and components count each for themselves
    condition_no smallint not null,                  -- stays with its condition from import to import
    big_name     text not null,
    name         text not null,
    condition    text not null,                      -- 立案条件
    closing      text not null default '',           -- 结案条件
    amount       double precision not null check (amount > 0),
    unit         text not null check (unit in ('urgent_hours', 'urgent_days', 'work_hours', 'work_days', 'natural_days')),
    limit_text   text not null,                      -- as the table writes it
    stage_limits jsonb not null default '{}',        -- {"register": "1 work_hours", …}: go before the configuration's
    units        text[] not null default '{}',       -- 处置单位 as named, the lead first
    authorities  text[] not null default '{}',       -- 主管部门
    lead_unit    text,                               -- code of the lead unit where the table gives one
    source       text not null,                      -- the file
    imported_at  timestamptz not null,
    ended_at     timestamptz,
    unique (kind, class_code, condition_no)
);

-- Every clock of a case: the whole's (`total`) and one for each stay in a phase that has a limit. All figures can be told from a row:
-- limit + extended = consumed + what is left, in the unit's own time; due_at and yellow_at hold while it runs.
create table case_clocks (
    case_number   text not null references cases on delete cascade,
    clock         text not null,                     -- total, accept, pre_check, register …: `dispatch.clocks`
    round         smallint not null default 1,       -- which stay in the phase; of the whole: 2 after it was opened again
    amount        double precision not null,
    unit          text not null,
    basis         text not null,                     -- where the limit is from: standard, class, config
    extended      interval not null default '0',     -- granted on top, in the unit's own time
    opened_at     timestamptz not null,
    started_at    timestamptz,                       -- when it first ran
    consumed      interval not null default '0',     -- until running_since, in the unit's own time
    running_since timestamptz,
    paused_at     timestamptz,
    paused_for    interval not null default '0',     -- round the clock, until paused_at
    due_at        timestamptz not null,              -- as last computed, while it runs the truth
    yellow_at     timestamptz not null,
    warned_at     timestamptz,                       -- once for each deadline
    overdue_at    timestamptz,                       -- once
    ended_at      timestamptz,
    primary key (case_number, clock, round)
);
create index on case_clocks (due_at) where running_since is not null and overdue_at is null;
create index on case_clocks (yellow_at) where running_since is not null and warned_at is null and overdue_at is null;

alter table case_clocks enable row level security;
create policy case_scope on case_clocks using (exists (select from cases c where c.case_number = case_clocks.case_number));

alter table cases
    add column yellow_at timestamptz,                -- when the whole's clock turns yellow, while it runs
    add column paused_at timestamptz;                -- since when the whole's clock stands still

-- Lists are walked from the newest on: of all cases, and of the open ones among many more that have ended.
create index cases_newest on cases (opened_at desc, case_number desc);
create index cases_open on cases (opened_at desc, case_number desc) where closed_at is null;
drop index cases_handler_id_idx;
create index on cases (handler_id, opened_at desc, case_number desc);
create index cases_queue on cases ((overdue_at is null), severity, updated_at, case_number) include (area, overdue_at, stage, handler_id, class_code)
    where closed_at is null;

-- Cases that were open before there were clocks: what their deadline gave them, round the clock, runs on.
insert into case_clocks (case_number, clock, amount, unit, basis, opened_at, started_at, running_since, consumed, paused_at, due_at, yellow_at, warned_at, overdue_at)
select case_number, 'total', extract(epoch from due_at - opened_at) / 3600, 'urgent_hours', 'class', opened_at, opened_at,
       case when finished_at is null then opened_at end, case when finished_at is null then interval '0' else finished_at - opened_at end, finished_at,
       due_at, opened_at + 0.8 * (due_at - opened_at), overdue_at, overdue_at
from cases where closed_at is null and due_at > opened_at;
update cases c set yellow_at = k.yellow_at, paused_at = k.paused_at from case_clocks k where k.case_number = c.case_number;

drop view live_cases;
create view live_cases with (security_invoker = true) as
    select case_number as id, case_number as number, coalesce(global_number, case_number) as global_number, title, text, class_code, condition_no, severity, urgent,
           stage, source, area, street_of(area) as street, level, cell_id, lon, lat, address, duty_grid, component_code, parent_number,
           lead_unit, routed_by, handler_id, handled_by, incident_id, alert_id, report_id, opened_at, registered_at, dispatched_at, taken_at, arrived_at,
           due_at, yellow_at, paused_at, overdue_at is not null as overdue, finished_at, fed_back_at, checked_at, closed_at, suspended_until,
           send_backs, reworks, extensions, suspensions, expedites, reminds, reopens, updated_at, drill, simulated, version
    from cases;
