-- Hazards, enterprises, expedite orders, duty log and morning reports.

-- ── 督办: an order of its own on a case; `dispatch.orders` is the law of its stages. Seen by whoever sees the case ───────────
create table expedite_orders (
    order_id     bigint generated always as identity primary key,
    case_number  text not null references cases,
    stage        text not null default 'issued',
    text         text not null,                       -- what is demanded
    unit_id      integer references units,            -- who led the case when the order was issued
    issued_at    timestamptz not null,
    issued_by    integer references accounts,
    issued_name  text not null,
    due_at       timestamptz not null,
    overdue_at   timestamptz,
    feedback     text,
    fed_back_at  timestamptz,
    fed_back_by  integer references accounts,
    fed_back_name text,
    returns      smallint not null default 0,
    ended_at     timestamptz,
    ended_by     integer references accounts,
    ended_why    text,
    updated_at   timestamptz not null,
    drill        boolean not null default false,
    simulated    boolean not null default false,
    version      integer not null default 1
);
create index on expedite_orders (case_number);
create index on expedite_orders (due_at) where overdue_at is null and ended_at is null;
create index on expedite_orders (issued_at);
alter table expedite_orders enable row level security;
create policy case_scope on expedite_orders using (exists (select from cases c where c.case_number = expedite_orders.case_number));

-- ── enterprises and sites, their kind from the configuration's list, their risk 1 red … 4 blue ──────────────────────
create table enterprises (
    enterprise_id integer generated always as identity primary key,
    code         text not null unique,                -- 18 letters of the unified social credit code, or the city's own
    name         text not null,
    kind         text not null,
    area         text not null,
    address      text not null default '',
    lon          double precision,
    lat          double precision,
    risk         smallint check (risk between 1 and 4),
    risk_at      timestamptz,
    unit_id      integer references units,            -- who supervises it
    person_id    integer references persons,          -- whom to call
    note         text not null default '',
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    ended_at     timestamptz,                         -- it is no more: kept for what hangs on it
    drill        boolean not null default false,
    simulated    boolean not null default false,
    version      integer not null default 1
);
create index on enterprises (area text_pattern_ops, enterprise_id);
create table enterprise_risks (
    change_id    bigint generated always as identity primary key,
    enterprise_id integer not null references enterprises,
    at           timestamptz not null,
    by_id        integer references accounts,
    by_name      text not null,
    before       smallint,
    after        smallint,
    why          text not null
);
create index on enterprise_risks (enterprise_id, change_id);
alter table enterprise_risks enable row level security;
create policy enterprise_scope on enterprise_risks using (exists (select from enterprises e where e.enterprise_id = enterprise_risks.enterprise_id));

-- ── 隐患: `dispatch.hazards` is the law of its stages ────────────────────────────────────────────────────────────
create table hazards (
    hazard_id    bigint generated always as identity primary key,
    title        text not null,
    text         text not null default '',
    level        text not null check (level in ('general', 'major')),
    stage        text not null default 'found',
    area         text not null,
    cell_id      integer references cells,
    lon          double precision,
    lat          double precision,
    address      text not null default '',
    enterprise_id integer references enterprises,
    unit_id      integer references units,            -- who owns it and puts it right
    measures     text not null default '',
    found_at     timestamptz not null,
    found_by     integer references accounts,
    found_name   text not null,
    due_at       timestamptz,
    overdue_at   timestamptz,
    rectified_at timestamptz,
    rectified_by integer references accounts,
    rectified_name text,
    verified_at  timestamptz,
    verified_by  integer references accounts,
    verified_name text,
    returns      smallint not null default 0,
    ended_at     timestamptz,
    updated_at   timestamptz not null,
    drill        boolean not null default false,
    simulated    boolean not null default false,
    version      integer not null default 1
);
create index on hazards (area text_pattern_ops, hazard_id);
create index on hazards (due_at) where overdue_at is null and ended_at is null;
create index on hazards (enterprise_id) where enterprise_id is not null;
alter table media add column hazard_id bigint references hazards;
create index on media (hazard_id) where hazard_id is not null;

-- ── 值班日志: rows are written once; what is put right is a row of its own that names the one it amends ──────────────────────
create table duty_entries (
    entry_id     bigint generated always as identity primary key,
    area         text not null,
    shift_id     bigint not null,                     -- the log outlives the shift: no reference
    at           timestamptz not null,                -- when it happened
    written_at   timestamptz not null,
    written_by   integer not null references accounts,
    written_name text not null,
    text         text not null,
    origin       text,                                -- what the system proposed it from: incident/12/opened; null: people's own
    left_out     boolean not null default false,      -- a proposal that was not taken up
    amends       bigint references duty_entries,      -- always the first of them
    why          text,                                -- of an amendment, and of what was left out
    drill        boolean not null default false,
    simulated    boolean not null default false
);
create unique index on duty_entries (area, origin) where origin is not null and amends is null;
create index on duty_entries (amends) where amends is not null;
create index on duty_entries (shift_id);
create index on duty_entries (at);
-- The owner of the tables may forget them when their time is over; nobody changes one.
create function refuse_amended_entry() returns trigger language plpgsql as $$ begin raise exception 'the duty log is amended, never overwritten'; end $$;
create trigger never_overwritten before update on duty_entries for each row execute function refuse_amended_entry();

create table duty_signatures (
    handover_id  bigint primary key,
    shift_id     bigint not null,                     -- the log outlives the shift: no reference
    area         text not null,
    entries      bigint[] not null,
    hash         text not null,                       -- SHA-256 of what both sign
    from_id      integer not null references accounts,
    from_name    text not null,
    offered_at   timestamptz not null,
    to_id        integer not null references accounts,
    to_name      text not null,
    signed_at    timestamptz
);
create index on duty_signatures (shift_id);
alter table duty_signatures enable row level security;
create policy read_area on duty_signatures for select using (area like any (string_to_array(current_setting('yiping.areas', true), ',')));
create policy own on duty_signatures using (from_id = reader() or to_id = reader());

-- ── 早报: frozen with the facts it was made of, and as it was written in every language ────────────────────────────────────
create table morning_reports (
    report_id    bigint generated always as identity primary key,
    area         text not null,
    day          date not null,
    since        timestamptz not null,
    until        timestamptz not null,
    made_at      timestamptz not null,
    made_by      text not null,
    by_itself    boolean not null default false,
    facts        jsonb not null,
    papers       jsonb not null,                      -- language → document
    hash         text not null                        -- SHA-256 of the facts
);
create unique index on morning_reports (area, day) where by_itself;
create index on morning_reports (area text_pattern_ops, report_id);

do $$
declare name text;
begin
    foreach name in array array['enterprises', 'hazards', 'duty_entries', 'morning_reports'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I using (area like any (string_to_array(current_setting(''yiping.areas'', true), '','')))', name);
    end loop;
end $$;
