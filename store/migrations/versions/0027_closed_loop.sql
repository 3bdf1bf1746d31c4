-- ── units: who a case is given to, in a tree of the city's own depth ────────────────────────────────────────────
create table units (
    unit_id     integer generated always as identity primary key,
    code        text not null unique,
    name        text not null,
    name_en     text not null default '',
    kind        text not null default 'department',  -- centre, department, street, company, team: the city's own words
    level       smallint not null default 2,         -- 1 the city, then down; how many levels is configuration
    parent_id   integer references units,
    area        text not null references areas,      -- where it works
    disabled_at timestamptz
);
create index on units (parent_id);
alter table accounts add column unit_id integer references units;
create index on accounts (unit_id) where unit_id is not null;

-- ── cases: units, kinship, levels, the moments that limits and figures are counted from ─────────────────────────
alter table cases
    add column source           text not null default 'register',  -- collector, register, public, leader, video, transfer, hotline, sensor
    add column condition_no     smallint,                          -- which row of its class's standard
    add column urgent           boolean not null default false,
    add column global_number    text,                              -- the same through every level; null: its own number
    add column level            smallint not null default 2,       -- of management: 1 city, 2 county, 3 town …
    add column parent_number    text references cases,
    add column lead_unit        integer references units,
    add column routed_by        text,                              -- the routing rule that proposed the unit
    add column component_code   text,                              -- the city component it is about
    add column kept_stage       text,                              -- where it goes on after a suspension or a check that was asked for
    add column registered_at    timestamptz,
    add column dispatched_at    timestamptz,                       -- first
    add column taken_at         timestamptz,
    add column arrived_at       timestamptz,
    add column fed_back_at      timestamptz,
    add column checked_at       timestamptz,
    add column checked_by       integer references accounts,
    add column suspended_at     timestamptz,
    add column suspended_until  timestamptz,
    add column send_backs       smallint not null default 0,
    add column reworks          smallint not null default 0,
    add column extensions       smallint not null default 0,
    add column suspensions      smallint not null default 0,
    add column expedites        smallint not null default 0,
    add column reminds          smallint not null default 0,
    add column reopens          smallint not null default 0;
create index on cases (lead_unit, opened_at) where lead_unit is not null;
create index on cases (parent_number) where parent_number is not null;
create index on cases (global_number) where global_number is not null;

-- Units beside the lead, each with its own part.
create table case_supports (
    case_number text not null references cases,
    unit_id     integer not null references units,
    area        text not null,
    stage       text not null default 'asked' check (stage in ('asked', 'done', 'refused')),
    asked_at    timestamptz not null,
    note        text not null default '',
    ended_at    timestamptz,
    ended_by    integer references accounts,
    primary key (case_number, unit_id)
);

-- 延期 and 挂账: asked for by who handles, agreed to by the unit and then by the dispatcher.
create table case_adjustments (
    adjustment_id bigint generated always as identity primary key,
    case_number   text not null references cases,
    area          text not null,
    kind          text not null check (kind in ('extension', 'suspension')),
    stage         text not null check (stage in ('asked', 'unit_agreed', 'agreed', 'refused', 'withdrawn', 'lapsed')),
    until_at      timestamptz not null,              -- the deadline, or the end of the suspension, that is asked for
    reason        text not null,
    asked_at      timestamptz not null,
    asked_by      integer references accounts,
    unit_by       integer references accounts,
    unit_at       timestamptz,
    decided_by    integer references accounts,
    decided_at    timestamptz,
    decided_why   text not null default '',
    version       integer not null default 1
);
create unique index on case_adjustments (case_number, kind) where stage in ('asked', 'unit_agreed');
create index on case_adjustments (case_number);

do $$
declare name text;
begin
    foreach name in array array['case_supports', 'case_adjustments'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I using (area like any (string_to_array(current_setting(''yiping.areas'', true), '','')))', name);
    end loop;
end $$;

drop view live_cases;
create view live_cases with (security_invoker = true) as
    select case_number as id, case_number as number, coalesce(global_number, case_number) as global_number, title, text, class_code, condition_no, severity, urgent,
           stage, source, area, street_of(area) as street, level, cell_id, lon, lat, address, duty_grid, component_code, parent_number,
           lead_unit, routed_by, handler_id, handled_by, incident_id, alert_id, report_id, opened_at, registered_at, dispatched_at, taken_at, arrived_at,
           due_at, overdue_at is not null as overdue, finished_at, fed_back_at, checked_at, closed_at, suspended_until,
           send_backs, reworks, extensions, suspensions, expedites, reminds, reopens, updated_at, drill, simulated, version
    from cases;

-- Whether something stands in the way is asked of the whole city, whatever the reader may see: these tell that much and no more.
create function has_child(parent text, ended text[]) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select from cases where parent_number = parent and stage <> all(ended))
$$;
create function has_case(alert bigint, report bigint, ended text[]) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select from cases where stage <> all(ended) and (alert_id = alert or report_id = report))
$$;
