-- What later messages of a report may change, when it ends by itself, and the pictures that came with it.
alter table reports
    add column ends_at    timestamptz,                       -- a warning's stated end; the sweep ends it then
    add column said_at    timestamptz,                       -- the latest time of occurrence its messages told; null: so far only its end was told
    add column revised_at timestamptz,                       -- when its source says it last changed it; null: the source does not say
    add column by_hand    text[] not null default '{}';      -- acts of people (place, classify) that no later message undoes
update reports set said_at = observed_at;
create index on reports (ends_at) where ends_at is not null and ended_at is null;
create index on reports (observed_at) where channel = 'video';
-- Complaints that may be the same: of one big class, about then, about there.
create index on reports ((left(class_code, 2)), observed_at) where class_code is not null and lon is not null;

alter table media
    add column device_id integer references devices,
    add column feed      text;                               -- the feed whose frame brought it; null: somebody uploaded it
create index on media (report_id) where report_id is not null;
create index on media (device_id, created_at) where device_id is not null;
create index on media (case_number) where case_number is not null;

create or replace view live_reports with (security_invoker = true) as
    select report_id as id, source, external_id, channel, title, text, class_code, area, street_of(area) as street, cell_id, lon, lat, placement, address,
           observed_at, received_at, ended_at, confidence, severity, media, stage, history, incident_id, drill, simulated, version, ends_at
    from reports;
