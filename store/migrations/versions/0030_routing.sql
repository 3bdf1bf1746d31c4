-- ── routing: which class, where and when → who gets the case ────────────────────────────────────────────────────
create table routing_rules (
    rule          text primary key,
    label         text not null,
    label_en      text not null default '',
    classes       text[] not null default '{}',      -- codes or their beginnings; empty: all
    areas         text[] not null default '{}',
    times         jsonb not null default '[]',
    lead_unit     integer references units,
    support_units integer[] not null default '{}',
    worker_id     integer references accounts,
    on_shift      boolean not null default false,    -- the worker on shift in the duty grid
    automatic     boolean not null default false,
    enabled       boolean not null default true,
    zone          text not null,                     -- its hours are this zone's
    revision      integer not null default 1,
    updated_at    timestamptz not null,
    withdrawn_at  timestamptz
);

-- Every word that was ever a rule; `body` null: withdrawn. Appended only.
create table routing_revisions (
    rule     text not null references routing_rules,
    revision integer not null,
    body     jsonb,
    at       timestamptz not null,
    by       text not null,
    by_id    integer references accounts,
    why      text not null default '',
    primary key (rule, revision)
);

-- Each time a case was given to somebody: by what, and whether they sent it back. Mis-dispatches are counted from here.
create table case_routes (
    route_id      bigint generated always as identity primary key,
    case_number   text not null references cases,
    area          text not null,
    at            timestamptz not null,
    by_id         integer references accounts,
    basis         text not null check (basis in ('component', 'rule', 'standard', 'duty_grid', 'nobody', 'person')),  -- person: against the proposal
    rule          text,
    lead_unit     integer references units,
    worker_id     integer references accounts,
    sent_back_at  timestamptz,
    sent_back_by  integer references accounts,
    sent_back_why text not null default '',
    drill         boolean not null default false
);
create index on case_routes (case_number, route_id);
create index on case_routes (at);
alter table case_routes enable row level security;
create policy area_scope on case_routes using (area like any (string_to_array(current_setting('yiping.areas', true), ',')));

-- ── city components: what stands in the streets, and whose it is ────────────────────────────────────────────────
create table components (
    code        text primary key,                    -- ObjID, of the length the city counts with
    class_code  text not null,
    name        text not null default '',
    owner       text not null default '',            -- as the survey says it
    owner_unit  integer references units,            -- null: no unit of ours has that name
    place       text not null default '',
    state       text not null default '',
    area        text not null,
    cell_id     integer references cells,
    lon         double precision not null,
    lat         double precision not null,
    surveyed_on date,
    imported_at timestamptz not null,
    removed_at  timestamptz                          -- gone from the last complete import of its source
);
create index on components (lat, lon);
create index on components (owner) where owner_unit is null;
alter table components enable row level security;
create policy area_scope on components using (area like any (string_to_array(current_setting('yiping.areas', true), ',')));

create index on cases (lat, lon) where closed_at is null;    -- what is known nearby
create index on reports (lat, lon, observed_at);
