-- ── resources: what can be sent, and where people can go ────────────────────────────────────────────────────────
create table resources (
    resource_id integer generated always as identity primary key,
    code        text not null unique,
    kind        text not null check (kind in ('team', 'equipment', 'material', 'shelter', 'hospital', 'expert', 'contact', 'hazard')),
    name        text not null,
    name_en     text not null default '',
    tags        text[] not null default '{}',        -- what a plan's step asks for: 排涝, 消防 …
    unit_id     integer references units,
    area        text not null,
    lon         double precision check (lon between -180 and 180),
    lat         double precision check (lat between -90 and 90),
    address     text not null default '',
    quantity    double precision,                    -- people of a team, pieces, beds, places
    measure     text not null default '',            -- its unit: 人, 台, 张
    person_id   integer references persons,          -- whom to call: personal data stay there
    note        text not null default '',
    source      text not null default 'hand',        -- of which file it came
    out_at      timestamptz,                         -- not to be had since
    updated_at  timestamptz not null
);
create index on resources (kind, lat, lon) where out_at is null;
create index on resources using gin (tags);

-- ── an incident that is an emergency ────────────────────────────────────────────────────────────────────────────
create table emergencies (
    incident_id bigint primary key references incidents,
    area        text not null,
    type        text not null,                       -- of the four types of public emergencies
    level       smallint not null check (level between 1 and 4),
    stage       text not null default 'responding',  -- dispatch.emergency: the table is the law
    plan        text,                                -- code of the plan in force
    commander   text not null default '',
    declared_at timestamptz not null,
    declared_by text not null,
    ended_at    timestamptz,
    drill       boolean not null default false,
    simulated   boolean not null default false,
    version     integer not null default 1
);

create table emergency_tasks (
    task_id     bigint generated always as identity primary key,
    incident_id bigint not null references emergencies,
    area        text not null,
    plan        text,                                -- and which of its steps: the same step is issued once
    step        smallint,
    title       text not null,
    text        text not null default '',
    resource_id integer references resources,
    unit_id     integer references units,
    stage       text not null default 'issued',      -- dispatch.emergency.TASKS
    issued_at   timestamptz not null,
    issued_by   text not null,
    due_at      timestamptz,
    overdue_at  timestamptz,
    acked_at    timestamptz,
    arrived_at  timestamptz,
    ended_at    timestamptz,
    feedback    text not null default '',
    version     integer not null default 1
);
create unique index on emergency_tasks (incident_id, plan, step) where stage <> 'cancelled' and stage <> 'refused';
create index on emergency_tasks (resource_id) where ended_at is null;
create index on emergency_tasks (due_at) where ended_at is null and overdue_at is null;

-- Its log: appended, never changed. What alerts, cases and the audit say of the incident is read where it stands.
create table emergency_log (
    log_id      bigint generated always as identity primary key,
    incident_id bigint not null references emergencies,
    area        text not null,
    at          timestamptz not null,
    by          text not null,
    kind        text not null check (kind in ('level', 'plan', 'task', 'note', 'end')),
    text        text not null,
    detail      jsonb not null default '{}'
);
create index on emergency_log (incident_id, log_id);

-- A brief as it was written, with what it was written from.
create table briefs (
    brief_id    bigint generated always as identity primary key,
    incident_id bigint not null references incidents,
    area        text not null,
    number      smallint not null,                   -- 1, 2, … of this incident
    written_at  timestamptz not null,
    written_by  text not null,
    papers      jsonb not null,                      -- by language
    inputs      jsonb not null,
    unique (incident_id, number)
);

do $$
declare name text;
begin
    foreach name in array array['resources', 'emergencies', 'emergency_tasks', 'emergency_log', 'briefs'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I using (area like any (string_to_array(current_setting(''yiping.areas'', true), '','')))', name);
    end loop;
end $$;

-- As has_child of 0027: asked of the whole city, told as counts and a yes or no.
create function what_keeps_open(incident bigint, ended text[], out open bigint, out closed bigint, out emergency boolean)
language sql stable security definer set search_path = public as $$
    select count(*) filter (where stage <> all(ended)), count(*) filter (where stage in ('closed', 'force_closed')),
           exists (select from emergencies e where e.incident_id = incident and e.ended_at is null)
    from cases c where c.incident_id = incident
$$;
create function is_sent(resource integer) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select from emergency_tasks t where t.resource_id = resource and t.ended_at is null)
$$;
