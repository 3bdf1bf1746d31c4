-- Every word that was ever a rule. The highest revision of a name holds; a null body withdrew it.
create table rule_revisions (
    revision    bigint generated always as identity primary key,
    rule        text not null,
    body        jsonb,
    origin      text not null check (origin in ('file', 'admin')),
    at          timestamptz not null,
    by          text not null,
    why         text not null default ''
);
create index on rule_revisions (rule, revision desc);

alter table devices add column tags text[] not null default '{}';  -- the city's own words, by which rules may choose

alter table alerts
    add column revision     bigint references rule_revisions,      -- the words of the rule that rang
    add column level        smallint not null default 0,           -- which of the rule's limits is passed, 0 the mildest
    add column worst        smallint check (worst between 1 and 5),   -- the worst severity it had; null: the one it has
    add column rings        timestamptz[] not null default '{}',   -- when it and those before it rang of late, newest last
    add column flapping     boolean not null default false,        -- comes and goes: it returns only after a while of calm
    add column probe        boolean not null default false,        -- proves the path; in no list and no figure
    add column hold_ref     text,                                  -- what suppresses it: 'silence:12', 'alert:34', 'rule:name'
    add column hold_since   timestamptz,
    add column acked_id     integer references accounts,           -- whose acknowledgement it is, and ends with the shift
    add column owner_id     integer references accounts,           -- who has it
    add column owner        text,
    add column verdict      text check (verdict in ('real', 'false_alarm', 'test')),
    add column verdict_by   text,
    add column verdict_why  text,
    add column verdict_at   timestamptz,
    add column respond_by   timestamptz,                           -- until then somebody is to acknowledge it; no hold moves this
    add column overdue_at   timestamptz;
create index on alerts (respond_by) where respond_by is not null and overdue_at is null and stage in ('unack', 'rtn_unack');
create index on alerts (hold_ref) where hold_ref is not null and stage <> 'normal';
create index on alerts (rule, raised_at);

-- Each limit of a rule lasts for itself.
alter table rule_waits add column level smallint not null default 0;
alter table rule_waits drop constraint rule_waits_pkey, add primary key (rule, subject, level);

alter table incidents
    add column text         text,                                  -- what its parts say together: 水位 3 · 视频 2 · 热线 14
    add column parts        jsonb not null default '{}',           -- how many of each channel
    add column owner_id     integer references accounts,
    add column owner        text,
    add column respond_by   timestamptz,
    add column overdue_at   timestamptz,
    add column by_hand      text[] not null default '{}';          -- what a person said of it, and no part changes any more
create index on incidents (respond_by) where respond_by is not null and overdue_at is null and stage = 'open';

create or replace view live_alerts with (security_invoker = true) as
    select a.alert_id as id, a.rule, a.title, a.subject, a.severity, a.stage, a.hold, a.hold_until, a.state_known, a.value, a.threshold, a.unit,
           a.domain, a.class_code, a.area, street_of(a.area) as street, a.cell_id, a.lon, a.lat, a.observed_at, a.raised_at, a.updated_at,
           a.returned_at, a.acked_at, a.acked_by, a.ack_note, a.ended_at, a.count, a.incident_id, a.report_id, d.device, d.name as device_name,
           a.drill, a.simulated, a.version,
           a.level, coalesce(a.worst, a.severity) as worst, a.flapping, a.probe, a.hold_by, a.hold_why, a.hold_ref, a.hold_since, a.acked_id,
           a.owner_id, a.owner, a.verdict, a.verdict_by, a.verdict_why, a.respond_by, a.overdue_at is not null as overdue, a.revision
    from alerts a left join devices d using (device_id);
create or replace view live_incidents with (security_invoker = true) as
    select incident_id as id, title, class_code, domain, severity, stage, area, street_of(area) as street, cell_id, lon, lat, opened_at, updated_at, closed_at,
           drill, simulated, version, text, parts, owner_id, owner, respond_by, overdue_at is not null as overdue
    from incidents;
