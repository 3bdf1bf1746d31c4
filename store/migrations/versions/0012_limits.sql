-- Limits of outlets as their permits have them. What holds no more is withdrawn and stays: figures were judged by it.
create table permit_limits (
    limit_id     integer generated always as identity primary key,
    device_id    integer not null references devices on delete cascade,
    metric_id    smallint not null references metrics,    -- the city's
    average      text not null check (average in ('hour', 'day')),
    most         double precision,
    least        double precision,
    unit         text not null default '',           -- as the permit has it; empty: the city's
    permit       text,                               -- its number
    valid_since  date,
    valid_until  date,                               -- included
    entered_at   timestamptz not null,
    withdrawn_at timestamptz,
    check (most is not null or least is not null),
    check (least <= most),
    check (valid_since <= valid_until)
);
create unique index on permit_limits (device_id, metric_id, average, coalesce(valid_since, '-infinity')) where withdrawn_at is null;
alter table permit_limits enable row level security;
create policy device_scope on permit_limits using (device_id in (select device_id from devices));

-- The class of GB 3838 that a section of a river is to have; 劣V is no target.
alter table devices add column target_class smallint check (target_class between 1 and 5);
