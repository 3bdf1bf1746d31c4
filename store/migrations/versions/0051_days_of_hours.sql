-- Days of measured hours, so that hours beyond limits of a quarter are counted day by day.

-- The hours of one of the city's days with any good reading: each one's least and greatest, and its mean where enough readings came, each sorted.
-- How many of them lie beyond a number is then one step of `width_bucket`. By metric: a count reads the days of those it is about.
create table device_days (
    metric_id   smallint not null,
    day         timestamptz not null,                -- its start
    device_id   integer not null,
    lows        double precision[] not null,
    highs       double precision[] not null,
    means       double precision[] not null,
    primary key (metric_id, day, device_id)
);
alter table device_days enable row level security;
create policy device_scope on device_days using (device_id in (select device_id from devices));

-- The days whose rows stand in device_days. An hour that is measured anew takes its day out until it is summed up again.
create table days_summed (
    day         timestamptz primary key,
    until       timestamptz not null
);

-- Null where too few readings came: such an hour neither kept a limit nor passed it. Of sound the energy mean.
create function hour_mean(good integer, expected real, energy float8, sum float8, enough float8) returns float8 language sql immutable parallel safe as $$
    select case when good >= expected * enough - 1e-9 then case when energy > 0 then 10 * log(energy / good) else sum / good end end
$$;

-- Counted by store/queries/exceedances.sql now.
drop function limit_hours(jsonb, timestamptz, timestamptz, text[], text, text, float8);
