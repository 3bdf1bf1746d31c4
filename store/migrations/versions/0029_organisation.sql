-- Posts, rosters, rotations, substitutions and patrols.
create extension if not exists btree_gist;           -- trusted: the owner of the database may; equality beside ranges in one exclusion

-- ── posts: what there is to do in a unit, and how many do it ──────────────────────────────────────────────────────
create table posts (
    post_id     integer generated always as identity primary key,
    unit_id     integer not null references units,
    name        text not null,
    name_en     text not null default '',
    role        text not null check (role in ('wall', 'leader', 'duty', 'supervisor', 'dispatcher', 'handler', 'grid_worker', 'admin', 'security_admin', 'auditor')),
    seats       smallint not null default 1 check (seats >= 0),
    unique (unit_id, name),
    unique (unit_id, post_id)
);
alter table accounts add column post_id integer;
alter table accounts add foreign key (unit_id, post_id) references posts (unit_id, post_id);  -- a post is of one's own unit
alter table units add check (parent_id <> unit_id);

-- ── rosters: who serves a shift of a duty grid, day by day ────────────────────────────────────────────────────────
-- `cycle` holds one account a day, from the anchor on and over and over: two people in one shift of one day cannot be written down.
-- The hours are those the roster was made for: a city that moves its shifts makes new rosters, and who was on duty last year stays true.
create table rosters (
    roster_id   bigint generated always as identity primary key,
    duty_grid   text not null references duty_grids on delete cascade,
    area        text not null,                       -- the grid's
    shift       text not null,
    starts      time not null,                       -- by the wall clock of `zone`
    ends        time not null,                       -- not after `starts`: on the next day
    zone        text not null,
    since       date not null,
    until       date check (until >= since),         -- the first day after; null: until further notice; `since`: it never came to hold
    anchor      date not null,
    cycle       integer[] not null check (cardinality(cycle) between 1 and 366),  -- null in it: nobody, a gap
    note        text not null default '',
    made_by     text not null,
    made_at     timestamptz not null,
    version     integer not null default 1,
    minutes     int4multirange not null generated always as (
        case when starts < ends then int4multirange(int4range((extract(epoch from starts) / 60)::integer, (extract(epoch from ends) / 60)::integer))
             else int4multirange(int4range(0, (extract(epoch from ends) / 60)::integer), int4range((extract(epoch from starts) / 60)::integer, 1440)) end) stored,
    constraint rosters_one_of_a_shift exclude using gist (duty_grid with =, shift with =, daterange(since, until) with &&),
    constraint rosters_one_at_a_time exclude using gist (duty_grid with =, daterange(since, until) with &&, minutes with &&)
);
create index on rosters using gin (cycle);

-- Who stands in for whom, until when; one at a time for each.
create table substitutions (
    substitution_id bigint generated always as identity primary key,
    area        text not null,                       -- the first of his who is away
    for_id      integer not null references accounts,
    stand_in_id integer not null references accounts check (stand_in_id <> for_id),
    since       timestamptz not null,
    until       timestamptz not null check (until > since),
    why         text not null,
    made_by     text not null,
    made_at     timestamptz not null,
    ended_at    timestamptz,
    ended_by    text,
    version     integer not null default 1,
    constraint substitutions_one_at_a_time exclude using gist (for_id with =, tstzrange(since, least(until, ended_at)) with &&)
        where (ended_at is null or ended_at > since)
);
create index on substitutions (until);
create index on substitutions (stand_in_id);

-- ── patrols: where to be seen in a window of time, and where somebody was ─────────────────────────────────────────
create table patrol_plans (
    plan_id     integer generated always as identity primary key,
    duty_grid   text not null references duty_grids on delete cascade,
    area        text not null,
    title       text not null,
    weekdays    smallint[] not null check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[] and cardinality(weekdays) > 0),  -- ISO: 1 Monday
    starts      time not null,
    ends        time not null,                       -- not after `starts`: on the next day
    zone        text not null,
    stops       jsonb not null,                      -- [{"kind": "cell", "cell_id"} | {"kind": "point", "name", "lon", "lat"}]
    share       real not null check (share > 0 and share <= 1),
    made_by     text not null,
    made_at     timestamptz not null,
    ended_at    timestamptz,
    planned_to  date,                                -- patrols were made for the days before
    simulated   boolean not null default false,
    version     integer not null default 1
);
create table patrols (
    patrol_id   bigint generated always as identity primary key,
    plan_id     integer references patrol_plans on delete set null,
    duty_grid   text not null,
    area        text not null,
    title       text not null,
    worker_id   integer references accounts,         -- null: whoever is on shift
    since       timestamptz not null,
    until       timestamptz not null check (until > since),
    stops       jsonb not null,
    share       real not null check (share > 0 and share <= 1),
    stage       text not null default 'planned' check (stage in ('planned', 'under_way', 'done', 'missed', 'cancelled')),
    visited     smallint[] not null default '{}',    -- places of `stops` that were reached
    began_at    timestamptz,
    ended_at    timestamptz,
    why         text not null default '',
    made_by     text not null,
    made_at     timestamptz not null,
    drill       boolean not null default false,
    simulated   boolean not null default false,
    version     integer not null default 1
);
create unique index on patrols (plan_id, since) where plan_id is not null;
create index on patrols (until) where stage in ('planned', 'under_way');
create index on patrols (area text_pattern_ops, since);
create index on patrols (worker_id, since) where worker_id is not null;

-- Where somebody was, as the phone said: kept apart from the patrol and for a shorter time. `verdict`: dispatch.patrol.
create table patrol_fixes (
    patrol_id   bigint not null references patrols on delete cascade,
    account_id  integer not null references accounts,
    at          timestamptz not null,
    lon         double precision not null,
    lat         double precision not null,
    accuracy_m  real,
    verdict     text not null,
    received_at timestamptz not null,
    primary key (patrol_id, account_id, at)
);
create index on patrol_fixes using brin (at);

do $$
declare name text;
begin
    foreach name in array array['rosters', 'substitutions', 'patrol_plans', 'patrols'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I using (area like any (string_to_array(current_setting(''yiping.areas'', true), '','')))', name);
    end loop;
end $$;
create policy read_around on substitutions for select using (touches(area));  -- who works in a part of the area must know who stands in
alter table patrol_fixes enable row level security;
create policy patrol_scope on patrol_fixes using (patrol_id in (select patrol_id from patrols));

create index on cases (lead_unit) include (overdue_at, area, drill) where closed_at is null and lead_unit is not null;  -- a unit's load
