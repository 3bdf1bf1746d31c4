-- Why each part is in its incident. What was taken out again stays here: what a person took apart the machine never joins again.
create table incident_joins (
    join_id     bigint generated always as identity primary key,
    incident_id bigint not null references incidents,
    kind        text not null check (kind in ('alert', 'report')),
    part_id     bigint not null,
    subject     text not null,                       -- under which it may come again: 'rule device/metric' of an alert, 'report ID'
    at          timestamptz not null,
    by          text not null,                       -- a person's name, or 'machine'
    by_hand     boolean not null default false,
    reason      jsonb not null default '{}',         -- class (opens, same, compatible, report, parent, hand), distance_m, apart_s, with …
    left_at     timestamptz,
    left_by     text,
    why         text
);
create unique index on incident_joins (kind, part_id) where left_at is null;    -- in at most one
create index on incident_joins (incident_id);
create index on incident_joins (subject) where left_at is not null;
alter table incident_joins enable row level security;
create policy incident_scope on incident_joins using (incident_id in (select incident_id from incidents));

-- Of what was joined before reasons were kept nothing else is known.
insert into incident_joins (incident_id, kind, part_id, subject, at, by)
    select incident_id, 'alert', alert_id, rule || ' ' || subject, raised_at, 'machine' from alerts where incident_id is not null
    union all
    select incident_id, 'report', report_id, 'report ' || report_id, processed_at, 'machine' from reports where incident_id is not null;

alter table incidents
    add column merged_into bigint references incidents,            -- a person found it to be part of that one
    add column split_from  bigint references incidents,            -- a person found it not to be part of that one
    add column spread_m    real not null default 0;                -- how wrong its place may be
create index on incidents (merged_into) where merged_into is not null;
create index on incidents (split_from) where split_from is not null;
create index incidents_ended on incidents (class_code, lat, lon) where stage in ('closed', 'dismissed');
create index devices_by_place on devices (lat, lon) where lat is not null;
create index alerts_pending on alerts (severity, alert_id) where incident_id is null and stage <> 'normal';

-- Incidents whose parts say something else than before, whoever moved them; appended without a key, so that no two writers ever wait for
-- each other. The leader sums up what is marked.
create table incident_marks (incident_id bigint not null);
create function mark_incident() returns trigger language plpgsql as $$
begin
    insert into incident_marks select distinct id from unnest(array[old.incident_id, new.incident_id]) as id where id is not null;
    return null;
end $$;
create trigger mark_incident after update on alerts for each row
    when ((old.incident_id, old.severity, old.title, old.verdict, old.simulated) is distinct from (new.incident_id, new.severity, new.title, new.verdict, new.simulated)
          and (old.incident_id is not null or new.incident_id is not null))
    execute function mark_incident();
create trigger mark_incident after update on reports for each row
    when ((old.incident_id, old.severity, old.title, old.class_code, old.lon, old.simulated, old.stage = 'dismissed')
              is distinct from (new.incident_id, new.severity, new.title, new.class_code, new.lon, new.simulated, new.stage = 'dismissed')
          and (old.incident_id is not null or new.incident_id is not null))
    execute function mark_incident();
