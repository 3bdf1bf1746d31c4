-- ── cameras ────────────────────────────────────────────────────────────────────────────────────────────────────
alter table devices
    add column camera    boolean not null default false,
    add column gb_id     text check (gb_id ~ '^[0-9]{20}$'),                       -- GB/T 28181; wires may call it by this
    add column bearing   double precision check (bearing >= 0 and bearing < 360),  -- degrees clockwise from north; null: it turns, or nobody knows
    add column angle     double precision check (angle > 0 and angle <= 360),
    add column reach_m   double precision check (reach_m > 0);
create unique index on devices (gb_id) where gb_id is not null;
create index on devices (device_id) where camera;

-- Where its picture can be fetched. Apart from the device, so that no list brings it along; an address often holds a password.
create table camera_streams (
    device_id   integer primary key references devices on delete cascade,
    url         text                                 -- null: taken away
);

-- What was said of a camera, when that was something else than before: online or not, and the feed that brought it.
create table camera_words (
    device_id   integer not null references devices on delete cascade,
    at          timestamptz not null,
    online      boolean not null,
    feed        text,                                -- null: not known
    primary key (device_id, at)
);
alter table camera_streams enable row level security;
create policy device_scope on camera_streams using (device_id in (select device_id from devices));
alter table camera_words enable row level security;
create policy device_scope on camera_words using (device_id in (select device_id from devices));

-- One shape of a camera. Nobody ever spoke of an unknown one, and it has no values either.
create view cameras with (security_invoker = true) as
    select d.device_id as id, d.device, d.name, d.gb_id, d.domain, d.area, d.cell_id, c.cell_code, d.lon, d.lat, d.placement, d.bearing, d.angle, d.reach_m,
           d.kind, d.product, d.model, d.owner, d.network_zone, d.gateway, d.presence_at, d.silent_at,
           case when d.silent_at is not null or d.presence = 'offline' then 'offline'
                when d.presence = 'online' or exists (select from device_states s where s.device_id = d.device_id) then 'online' else 'unknown' end as state,
           exists (select from camera_streams s where s.device_id = d.device_id and s.url is not null) as has_stream, d.simulated, d.drill, d.updated_at
    from devices d left join cells c using (cell_id)
    where d.camera;

-- Those registered by their kind before there was a catalogue. They send no readings of their own: nobody waits for one.
update devices set camera = true where kind ~* '摄像|球机|枪机|camera|ipc';
insert into camera_words (device_id, at, online) select device_id, presence_at, presence = 'online' from devices where camera and presence_at is not null;
update device_watch w set attention_at = '9999-01-01' from devices d
where d.device_id = w.device_id and d.camera and w.feed is null and not exists (select from device_metrics m where m.device_id = d.device_id);

-- ── the end of pictures ────────────────────────────────────────────────────────────────────────────────────────
-- The row stays when its file goes: the record says that there was a picture.
alter table media
    add column ended_at  timestamptz,
    add column ended_why text check (ended_why in ('expired', 'lost')),            -- lost: nobody deleted it, and it was not there
    add check ((ended_at is null) = (ended_why is null));
create index on media (created_at) where ended_at is null;
create index on cases (report_id) where report_id is not null;
create index on cases (incident_id) where incident_id is not null;
create index on alerts (report_id) where report_id is not null;

-- The folder of pictures carries this mark too: nobody clears up in another city's folder.
create table media_folder (
    only_row    boolean primary key default true check (only_row),
    mark        text not null
);
