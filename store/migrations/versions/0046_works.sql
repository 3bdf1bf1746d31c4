-- Planned works and events: what was announced for a place and a span. Context beside what happens there; no row here keeps anything quiet.
create table planned_works (
    work_id      integer generated always as identity primary key,
    code         text unique,                         -- the permit's number or the city's own: what a file is matched by
    title        text not null,
    kind         text not null,
    area         text not null,                       -- the least area that holds all of it
    areas        text[] not null,                     -- every area it touches: whoever has one of them sees it
    shape        jsonb not null,                      -- GeoJSON in CGCS2000: a point, a line or a surface
    radius_m     double precision not null default 0 check (radius_m between 0 and 5000),
    lon          double precision not null,           -- a place on it
    lat          double precision not null,
    west         double precision not null,
    south        double precision not null,
    east         double precision not null,
    north        double precision not null,
    starts_at    timestamptz not null,
    ends_at      timestamptz not null check (ends_at > starts_at),
    daily_from   time,                                -- worked between these hours only, in the city's time; over midnight where until ≤ from
    daily_until  time,
    address      text not null default '',
    unit_id      integer references units,            -- who allowed it and answers for it
    operator     text not null default '',            -- who does it: a company, an organiser; never a person
    note         text not null default '',            -- what it brings: two lanes closed, water off
    withdrawn_at timestamptz,
    source       text not null,                       -- `hand`, or the file it came in
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    simulated    boolean not null default false,
    version      integer not null default 1,
    check ((daily_from is null) = (daily_until is null))
);
create index on planned_works (ends_at) where withdrawn_at is null;
alter table planned_works enable row level security;
create policy area_scope on planned_works using (
    exists (select from unnest(areas) as touched (code) where code like any (string_to_array(current_setting('yiping.areas', true), ','))));
