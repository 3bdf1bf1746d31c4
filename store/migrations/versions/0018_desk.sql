-- Comments, approvals, views and shifts.
create table comments (
    comment_id  bigint generated always as identity primary key,
    noun        text not null check (noun in ('alert', 'incident')),
    noun_id     bigint not null,
    area        text not null,
    at          timestamptz not null,
    account_id  integer references accounts,         -- null: a system's token
    author      text not null,
    text        text not null,
    mentions    integer[] not null default '{}'      -- accounts, whatever they are called later
);
create index on comments (noun, noun_id, comment_id);

-- What one officer wants done and another must agree to. `seen`: the version he saw; another one then, and it lapses.
create table approvals (
    approval_id bigint generated always as identity primary key,
    noun        text not null check (noun in ('alert', 'incident')),
    noun_id     bigint not null,
    area        text not null,
    title       text not null,
    severity    smallint not null,
    act         text not null,
    note        text not null default '',
    extra       jsonb not null default '{}',
    seen        integer not null,
    stage       text not null default 'pending' check (stage in ('pending', 'approved', 'refused', 'withdrawn', 'lapsed')),
    asked_id    integer not null references accounts,
    asked_by    text not null,
    asked_role  text not null,
    asked_at    timestamptz not null,
    expires_at  timestamptz not null,
    decided_id  integer references accounts,
    decided_by  text,
    decided_at  timestamptz,
    why         text,
    drill       boolean not null default false,
    simulated   boolean not null default false
);
create unique index on approvals (noun, noun_id, act) where stage = 'pending';
create index on approvals (expires_at) where stage = 'pending';
create index on approvals (asked_at);

create table desk_views (
    view_id     bigint generated always as identity primary key,
    account_id  integer not null references accounts on delete cascade,
    name        text not null,
    filters     jsonb not null,
    position    smallint not null default 0,
    shared_role text,                                -- whose desks see it besides its author's
    updated_at  timestamptz not null,
    unique (account_id, name)
);

-- dispatch.shifts is the law of the stages. `settled_at`: nothing is held any more in the name of who went home.
create table shifts (
    shift_id    bigint generated always as identity primary key,
    account_id  integer not null references accounts,
    name        text not null,
    role        text not null,
    area        text not null,                       -- the first of his, for the audit
    stage       text not null default 'on' check (stage in ('on', 'offered', 'ended')),
    began_at    timestamptz not null,
    ended_at    timestamptz,
    ended_how   text,
    settled_at  timestamptz,
    version     integer not null default 1
);
create unique index shifts_one on shifts (account_id) where stage <> 'ended';
create index on shifts (began_at);
create index on shifts (ended_at) where settled_at is null;

-- The list is frozen as it was signed; `items_hash` (SHA-256) stands in the audit too.
create table handovers (
    handover_id bigint generated always as identity primary key,
    shift_id    bigint not null references shifts,
    to_id       integer not null references accounts,
    to_name     text not null,
    note        text not null,
    items       jsonb not null,
    items_hash  text not null,
    offered_at  timestamptz not null,
    outcome     text check (outcome in ('accepted', 'declined', 'withdrawn', 'lapsed')),
    decided_at  timestamptz,
    why         text
);
create unique index on handovers (shift_id) where outcome is null;
create index on handovers (to_id) where outcome is null;

-- The areas are taken apart once a statement, not once a row: of 100,000 open alerts that was half of the time.
do $$
declare name text;
declare once text := 'using (area like any ((select string_to_array(current_setting(''yiping.areas'', true), '',''))::text[]))';
begin
    foreach name in array array['comments', 'approvals'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I ', name) || once;
    end loop;
    foreach name in array array['alerts', 'incidents', 'reports', 'cases'] loop
        execute format('alter policy area_scope on %I ', name) || once;
    end loop;
end $$;

-- The queue of the desk, in its order: what is late first, then by severity, then the longest waiting.
create index alerts_queue on alerts ((overdue_at is null), severity, raised_at, alert_id) include (area, owner_id, overdue_at)
    where stage in ('unack', 'rtn_unack') and hold = 'none' and not probe and incident_id is null;
create index on alerts (incident_id) where stage in ('unack', 'rtn_unack') and hold = 'none' and not probe and incident_id is not null;
create index on alerts (hold, severity, raised_at) where stage in ('unack', 'rtn_unack') and hold <> 'none' and not probe;
create index on alerts (owner_id) where owner_id is not null and stage <> 'normal';
create index on alerts (acked_id) where acked_id is not null and stage = 'acked';
create index on alerts (report_id) where report_id is not null;
create index on incidents (owner_id) where owner_id is not null and stage in ('open', 'confirmed', 'handling');
create index incidents_queue on incidents ((overdue_at is null), severity, opened_at, incident_id) include (area, owner_id, overdue_at)
    where stage in ('open', 'confirmed');
create index on incidents (incident_id) where stage in ('open', 'confirmed');
create index on reports ((coalesce(severity, 4)), received_at, report_id) where stage = 'open' and incident_id is null and not history and ended_at is null;
