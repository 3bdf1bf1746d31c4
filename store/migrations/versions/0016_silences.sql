-- Silences and maintenance windows. They stay when they are over: who was not told of what, and by whose word, can be asked for ever.
create table silences (
    silence_id  bigint generated always as identity primary key,
    kind        text not null check (kind in ('silence', 'maintenance')),
    matcher     jsonb not null,                      -- whom it holds, in the words of core.suppress_config.Matcher
    areas       text[] not null check (cardinality(areas) > 0),   -- where it holds: never more than its author may see
    since       timestamptz not null,
    until       timestamptz not null,
    by          text not null,
    by_id       integer references accounts,
    why         text not null check (why <> ''),
    created_at  timestamptz not null,
    ended_at    timestamptz,                         -- before its time, by a person
    ended_by    text,
    ended_why   text,
    begun_at    timestamptz,                         -- since when the alerts that were open then are on their way to be judged anew
    over_at     timestamptz,                         -- since when those it held are: from then on it is history
    version     integer not null default 1,
    check (since < until)
);
create index on silences (until) where over_at is null;

-- Read by whoever it touches, also a district's silence by a street's officer; written only by who may see all of where it holds.
alter table silences enable row level security;
create policy area_scope on silences
    using (exists (select from unnest(areas) as a, unnest(string_to_array(current_setting('yiping.areas', true), ',')) as p
                   where a like p or p like a || '%'))
    with check ((select coalesce(bool_and(a like any (string_to_array(current_setting('yiping.areas', true), ','))), false) from unnest(areas) as a));

create view live_silences with (security_invoker = true) as
    select silence_id as id, kind, matcher, areas, areas[1] as area, since as "from", until, by, why, created_at, ended_at, ended_by, ended_why,
           least(ended_at, over_at) is not null as over, version
    from silences;

-- The inhibitions of the configuration, for whoever judges in whatever process; the leader writes them.
create table inhibitions (
    name        text primary key,
    position    smallint not null,
    body        jsonb not null
);
-- Which open alerts inhibit by what, under the place, device or incident (`key`) they share with their children.
-- Who is held by a person or a silence is not here. `itself`: it has a parent of its own, and inhibits nobody: one hop only.
create table inhibitors (
    inhibition  text not null,                       -- by name: one that was withdrawn is asked for by nobody
    key         text not null,
    alert_id    bigint not null references alerts on delete cascade,
    itself      boolean not null,
    noted       boolean not null,                    -- the leader knows it, and its children are on their way to be judged anew
    primary key (inhibition, key, alert_id)
);
create index on inhibitors (alert_id);
create index on alerts (cell_id) where stage <> 'normal';
create index on alerts (area text_pattern_ops) where stage <> 'normal';

-- Alerts to be judged anew, by the leader, after the commit that moved them: only then is known what else was committed beside it.
-- Appended and taken away, never changed: nobody waits for anybody.
create table rejudgements (
    note_id     bigint generated always as identity primary key,
    alert_id    bigint not null
);
create function note_rejudgement() returns trigger language plpgsql as $$
begin
    insert into rejudgements (alert_id) values (new.alert_id);
    return null;
end $$;
-- Whoever moves it, by whatever door; raising has one door, which notes a whole batch at once. Suppressing and telling again is the judge's own work, which notes what follows from it itself.
create trigger alert_moved after update of stage, hold, severity, class_code, area, cell_id, incident_id on alerts for each row
    when (not new.probe and (
        (old.stage, old.severity, old.class_code, old.area, old.cell_id, old.incident_id)
            is distinct from (new.stage, new.severity, new.class_code, new.area, new.cell_id, new.incident_id)
        or (old.hold <> new.hold and not (old.hold in ('none', 'suppressed') and new.hold in ('none', 'suppressed')))))
    execute function note_rejudgement();
