-- When nobody listened to a feed. What was before anybody first did begins at -infinity.
create table listening_gaps (
    feed        text not null,
    since       timestamptz not null,
    until       timestamptz not null check (until > since),
    primary key (feed, since)
);
create index on listening_gaps (until);

-- Of what was before the present periods only the end is known: as before, nothing is held against a device.
insert into listening_gaps (feed, since, until) select feed, '-infinity', since from listening;
