-- When somebody last listened to a feed, written about once a second by whoever is connected to it.
-- Between two writes further apart than a few seconds nobody did: `since` begins anew, and what was before is kept as `away_since`.
create table listening (
    feed        text primary key,
    since       timestamptz not null,                -- somebody has listened from here…
    until       timestamptz not null,                -- …to here without a gap worth naming
    away_since  timestamptz                          -- the gap before `since` began here; null: there was none yet
);

-- The feed a device was first heard on; null: not heard since it is watched.
alter table device_watch add column feed text;
