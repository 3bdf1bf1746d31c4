-- What rules measure by: levels of the device's own, what is usual at an hour, and when a window was last looked at.

-- Levels that belong to a device (警戒水位, 汛限水位 of a season, H and HH). What holds no more is withdrawn and stays: alerts were judged by it.
create table device_levels (
    level_id     integer generated always as identity primary key,
    device_id    integer not null references devices on delete cascade,
    metric_id    smallint not null references metrics,    -- the city's
    level        text not null,
    value        double precision not null,          -- in the city's unit
    season_from  text check (season_from ~ '^\d\d-\d\d$'),    -- MM-DD, both included, over the new year where the second is earlier
    season_to    text check (season_to ~ '^\d\d-\d\d$'),
    source       text,                               -- who says so
    valid_since  date,
    valid_until  date,                               -- included
    entered_at   timestamptz not null,
    withdrawn_at timestamptz,
    check ((season_from is null) = (season_to is null)),
    check (valid_since <= valid_until)
);
create unique index on device_levels (device_id, metric_id, level, coalesce(season_from, ''), coalesce(valid_since, '-infinity')) where withdrawn_at is null;
alter table device_levels enable row level security;
create policy device_scope on device_levels using (device_id in (select device_id from devices));

-- What is usual in each hour of the city's day, by the hourly means of the `back` days before `day`. Computed anew each day, an hour ahead.
create table baselines (
    device_id   integer not null,
    metric_id   smallint not null,
    back        smallint not null,
    hour        smallint not null check (hour between 0 and 23),
    day         date not null,
    days        smallint not null,                   -- that had data
    mean        double precision not null,
    spread      double precision,                    -- standard deviation of a sample; null: of fewer than two
    primary key (device_id, metric_id, back, hour)
);
create table baselines_done (
    metric_id   smallint not null,
    back        smallint not null,
    hour        smallint not null,
    day         date not null,
    primary key (metric_id, back, hour)
);
alter table baselines enable row level security;
create policy device_scope on baselines using (device_id in (select device_id from devices));

-- Windows of readings that rules ask for, in slices, so that a look reads what came since the last one instead of the whole window. Unlogged: lost in
-- a crash they are read anew. `each_s`: of windows whose readings tell a sum each; these have no slices. `mask`: one bit for each quality that counts.
create unlogged table window_looks (
    device_id   integer not null,
    metric_id   smallint not null,
    span_s      integer not null,
    each_s      integer not null,
    mask        integer not null,
    looked_at   timestamptz not null,                -- by the time of its readings: slices hold all until then
    primary key (device_id, metric_id, span_s, each_s, mask)
) with (fillfactor = 70);
create unlogged table window_slices (
    device_id   integer not null,
    metric_id   smallint not null,
    span_s      integer not null,
    mask        integer not null,
    bin         timestamptz not null,                -- where the slice begins
    count       integer not null,
    sum         double precision not null,
    min         double precision not null,
    max         double precision not null,
    last_at     timestamptz not null,
    primary key (device_id, metric_id, span_s, mask, bin)
) with (fillfactor = 80);
