-- Screens with an identity, scenes, playlists and casts.
-- Whether all of some places lie within the reader's areas: who sees a part of what a screen shows neither steers it nor hears of it.
create function reader_covers(places text[]) returns boolean language sql stable as $$
    select coalesce(bool_and(place like any (string_to_array(current_setting('yiping.areas', true), ','))), false) from unnest(places) as place
$$;

-- A scene is a name for an address of ours (path and query): it holds no data and belongs to everybody who reads.
create table scenes (
    scene_id     integer generated always as identity primary key,
    name         text not null,
    address      text not null,
    made_by      text not null,
    updated_at   timestamptz not null,
    withdrawn_at timestamptz,
    version      integer not null default 1
);
create unique index scenes_name on scenes (name) where withdrawn_at is null;

create table playlists (
    playlist_id  integer generated always as identity primary key,
    name         text not null,
    scenes       integer[] not null,                 -- in their order; one withdrawn since is passed over
    dwell_s      integer[] not null,                 -- how long each is shown
    made_by      text not null,
    updated_at   timestamptz not null,
    withdrawn_at timestamptz,
    version      integer not null default 1,
    check (cardinality(scenes) > 0 and cardinality(scenes) = cardinality(dwell_s))
);
create unique index playlists_name on playlists (name) where withdrawn_at is null;

-- A screen is known by its token, which is replaced when its link is renewed and is what revokes it.
create table screens (
    screen_id   integer generated always as identity primary key,
    token_id    integer not null unique references tokens,
    name        text not null,
    areas       text[] not null,
    view        text not null,                       -- the page it is bound to, and those under it
    home        text,                                -- the address it shows when nobody wants anything; null: it stays where it is
    playlist_id integer references playlists,        -- instead of a home
    taken       boolean not null default true,       -- whether grave incidents take it by themselves
    width       integer,
    height      integer,
    created_at  timestamptz not null,
    created_by  text not null,
    reload_at   timestamptz,                         -- pages older than this load anew
    seen_at     timestamptz,
    shown       jsonb,                               -- what its last beat told: address, sequence drawn, heap, nodes, release, size
    version     integer not null default 1
);
alter table screens enable row level security;
create policy covered on screens using (reader_covers(areas));

-- Whether a scene or a playlist is played by a screen the reader does not cover: asked of all screens, and only whether.
create function plays_beyond(scene integer, playlist integer) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from screens s join tokens t using (token_id) join playlists p on p.playlist_id = s.playlist_id
                   where t.revoked_at is null and p.withdrawn_at is null and (p.playlist_id = playlist or scene = any(p.scenes)) and not reader_covers(s.areas))
$$;

-- What stands on a screen for a while: sent by a person, or taken by an incident. The newest that stands is shown.
create table casts (
    cast_id     bigint generated always as identity primary key,
    screen_id   integer not null references screens,
    kind        text not null check (kind in ('scene', 'incident', 'address', 'takeover')),
    address     text not null,
    title       text not null,
    scene_id    integer references scenes,
    incident_id bigint references incidents,
    severity    integer,
    drill       boolean not null default false,
    cast_by     text not null,
    account_id  integer,
    cast_at     timestamptz not null,
    until       timestamptz,                         -- null: until it is given back
    ended_at    timestamptz,
    ended_by    text
);
create unique index casts_takeover on casts (screen_id, incident_id) where kind = 'takeover';  -- each incident takes a screen once
create index casts_standing on casts (screen_id, cast_at desc) where ended_at is null;
alter table casts enable row level security;
create policy of_screen on casts using (screen_id in (select screen_id from screens));
