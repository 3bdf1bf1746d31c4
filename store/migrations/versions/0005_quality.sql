-- What was counted of each feed in an hour of receipt; written with its health, about once a second.
create table feed_quality (
    hour        timestamptz not null,
    feed        text not null,
    mark        text not null,                       -- accepted, duplicate, late, or a reason of `rejected`
    count       bigint not null,
    primary key (hour, feed, mark)
);

-- Each metric of each device in an hour of observation: what quality is judged by, and what figures are derived from.
create table device_hours (
    hour        timestamptz not null,
    device_id   integer not null,
    metric_id   smallint not null,
    expected    real not null,                       -- readings its interval promises for the time in which somebody listened
    received    integer not null,
    good        integer not null,                    -- of these: a value that can be trusted
    nulls       integer not null,
    flagged     integer not null,                    -- a value its device or the wire does not stand for
    late        integer not null,
    jumps       integer not null,
    stuck       boolean not null,
    sum         double precision,                    -- of the good ones, as are those below
    min         double precision,
    max         double precision,
    energy      double precision,                    -- sum of 10^(L/10), of sound levels only
    last        double precision,
    last_at     timestamptz,
    primary key (hour, device_id, metric_id)
);

create table device_quality (
    hour        timestamptz not null,
    device_id   integer not null,
    usable      double precision,                               -- 0..1 of what was expected; null: nothing was expected, nobody listened
    completeness double precision,
    expected    real not null,
    received    integer not null,
    nulls       integer not null,
    flagged     integer not null,
    late        integer not null,
    jumps       integer not null,
    stuck       integer not null,                    -- metrics that keep one value
    out_of_range integer not null,
    future      integer not null,
    refused     integer not null,                    -- for any reason, these two included
    computed_at timestamptz not null,
    primary key (hour, device_id)
);
create index on device_quality (device_id, hour);

-- Hours and days that wait to be measured, derived, summed up; `after_id`: devices up to here are done.
create table hours_due (
    work        text not null check (work in ('measure', 'derive', 'day')),
    at          timestamptz not null,                -- start of the hour, of the city's day
    due_at      timestamptz not null,
    after_id    integer not null default 0,
    marked      boolean not null default false,      -- again, while it was under way
    primary key (work, at)
);
create table hours_seen (
    only_row    boolean primary key default true check (only_row),
    until       timestamptz not null                 -- hours that ended by then were put into `hours_due`
);

-- Figures that a standard defines. Nothing is ever overwritten: the highest version holds, replay asks for that of its moment.
create table derived (
    figure      text not null,
    subject     text not null,                       -- a device, or the code of an area for figures named …_area
    since       timestamptz not null,
    at          timestamptz not null,                -- end of what it covers
    version     integer not null default 1,
    value       double precision,                    -- null: there is no figure, and `reason` says why
    text        text,
    reason      text,
    of          jsonb not null,
    standard    text not null,
    area        text not null,
    simulated   boolean not null default false,
    computed_at timestamptz not null,
    primary key (figure, subject, at, version),
    check ((value is null) = (reason is not null))
);
create index on derived (at, figure);

alter table device_hours enable row level security;
create policy device_scope on device_hours using (device_id in (select device_id from devices));
alter table device_quality enable row level security;
create policy device_scope on device_quality using (device_id in (select device_id from devices));
alter table derived enable row level security;
create policy area_scope on derived using (area like any (string_to_array(current_setting('yiping.areas', true), ',')));
