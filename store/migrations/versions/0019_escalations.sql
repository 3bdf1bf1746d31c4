-- Escalations and delivery.
-- One row for each alert and incident that somebody is to answer: when to look at it next. Born with it, by whatever wrote it.
create table escalations (
    noun        text not null check (noun in ('alert', 'incident')),
    id          bigint not null,
    look_at     timestamptz,                         -- null: nothing lies ahead until it changes
    since       timestamptz not null,                -- the clock of its steps; no hold moves it
    call        smallint not null default 1,         -- acknowledged and then worse: people are called again, from the first step
    judged_call smallint not null default 0,         -- the call it was last looked at in
    graver_at   timestamptz,                         -- when it last became more severe
    worse       boolean not null default false,      -- it did since it was last looked at
    quiet       boolean not null default false,      -- when last looked at, nobody was to be told
    inside      boolean not null default false,      -- when last looked at, its incident spoke for it
    passed_to   timestamptz,                         -- what fell due until then is settled
    policy      text,
    hand_at     timestamptz,                         -- somebody asked for the next step
    hand_by     text,
    hand_note   text,
    primary key (noun, id)
);
create index on escalations (look_at) where look_at is not null;

-- What was told, once: the key is the promise.
create table escalation_steps (
    noun        text not null,
    id          bigint not null,
    call        smallint not null,
    policy      text not null,                       -- who was told under a milder one hears of the graver, too
    step        smallint not null,
    round       smallint not null,
    target      text not null,
    due_at      timestamptz not null,
    told_at     timestamptz not null,
    why         text not null check (why in ('due', 'hold', 'hand')),   -- it was time; a hold ended; somebody asked for it
    by          text,
    primary key (noun, id, call, policy, step, round, target)
);

-- The terms of the policies in force, as the processes keep them here (`store.escalations.keep_terms`): the term is born with its alert,
-- in the transaction of whoever raises it. Only the terms: who is told, and when, is the configuration's.
create table escalation_terms (
    place       smallint primary key,                -- the first that fits holds
    severities  smallint[] not null,
    classes     text[] not null,
    domains     text[] not null,
    areas       text[] not null,                     -- LIKE patterns
    respond_within interval
);
create function term_from(severity smallint, class_code text, domain text, area text, since timestamptz) returns timestamptz language sql stable as $$
    select since + t.respond_within from escalation_terms t
    where (t.severities = '{}' or severity = any (t.severities)) and (t.classes = '{}' or class_code = any (t.classes))
      and (t.domains = '{}' or domain = any (t.domains)) and (t.areas = '{}' or area like any (t.areas))
    order by t.place limit 1
$$;
create function term_begins() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'alerts' then
        if not new.probe then
            new.respond_by := term_from(new.severity, new.class_code, new.domain, new.area, new.raised_at);
        end if;
    else
        new.respond_by := term_from(new.severity, new.class_code, new.domain, new.area, new.opened_at);
    end if;
    return new;
end $$;
create trigger term_begins before insert on alerts for each row
    when (new.respond_by is null and new.stage in ('unack', 'rtn_unack')) execute function term_begins();
create trigger term_begins before insert on incidents for each row
    when (new.respond_by is null and new.stage in ('open', 'confirmed')) execute function term_begins();

create function escalation_begins() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'alerts' then
        insert into escalations (noun, id, since, look_at) values ('alert', new.alert_id, new.raised_at, new.raised_at) on conflict do nothing;
    else
        insert into escalations (noun, id, since, look_at) values ('incident', new.incident_id, new.opened_at, new.opened_at) on conflict do nothing;
    end if;
    return null;
end $$;
create trigger escalation_begins after insert on alerts for each row when (new.stage in ('unack', 'rtn_unack')) execute function escalation_begins();
create trigger escalation_begins after insert on incidents for each row when (new.stage in ('open', 'confirmed')) execute function escalation_begins();

-- What is open already: its clock begins now, so that nobody is told of a past that nobody told of. What was answered stays answered.
insert into escalations (noun, id, since, look_at, passed_to)
    select 'alert', alert_id, now(), now(), now() from alerts where stage in ('unack', 'rtn_unack')
    union all
    select 'alert', alert_id, coalesce(acked_at, raised_at), null, null from alerts where stage = 'acked'
    union all
    select 'incident', i.incident_id, coalesce(answered.at, now()), case when answered.at is null then now() end, case when answered.at is null then now() end
    from incidents i, lateral (select max(u.at) as at from audit u where u.noun = 'incident' and u.key = i.incident_id::text
                                   and u.act in ('acknowledge', 'confirm', 'handle')) answered
    where i.stage in ('open', 'confirmed', 'handling');

-- Whoever changes what decides about telling wakes it: no writer can forget to. What was born already answered begins its clock here.
create function escalation_of_alert_changes() returns trigger language plpgsql as $$
begin
    insert into escalations as e (noun, id, since, look_at) values ('alert', new.alert_id, new.updated_at, new.updated_at)
    on conflict (noun, id) do update set look_at = new.updated_at,
        graver_at = case when new.severity < old.severity then new.updated_at else e.graver_at end, worse = e.worse or new.severity < old.severity,
        since = case when old.stage = 'acked' and new.stage = 'unack' then new.updated_at else e.since end,
        call = e.call + case when old.stage = 'acked' and new.stage = 'unack' then 1 else 0 end,
        passed_to = case when old.stage = 'acked' and new.stage = 'unack' then null else e.passed_to end;
    if old.hold <> 'none' and new.hold = 'none' and new.incident_id is not null then
        update escalations set look_at = new.updated_at where noun = 'incident' and id = new.incident_id;
    end if;
    return null;
end $$;
create trigger escalation_changes after update of severity, stage, hold, incident_id, owner_id on alerts for each row
    when (new.stage <> 'normal' and (new.severity <> old.severity or new.stage = 'unack' and old.stage <> 'unack' or old.hold <> 'none' and new.hold = 'none'
          or old.incident_id is not null and new.incident_id is distinct from old.incident_id or old.owner_id is not null and new.owner_id is null))
    execute function escalation_of_alert_changes();

create function escalation_of_incident_changes() returns trigger language plpgsql as $$
begin
    insert into escalations as e (noun, id, since, look_at) values ('incident', new.incident_id, new.updated_at, new.updated_at)
    on conflict (noun, id) do update set look_at = new.updated_at,
        graver_at = case when new.severity < old.severity then new.updated_at else e.graver_at end, worse = e.worse or new.severity < old.severity;
    return null;
end $$;
-- One that is handled or over speaks for its parts no more: the leader finds it here, and wakes them.
create trigger escalation_changes after update of severity, stage, owner_id on incidents for each row
    when (old.stage in ('open', 'confirmed') and new.stage not in ('open', 'confirmed') or new.stage in ('open', 'confirmed', 'handling') and (new.severity <> old.severity or new.stage = 'open' and old.stage <> 'open'
          or old.owner_id is not null and new.owner_id is null))
    execute function escalation_of_incident_changes();

-- ── delivery ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Rows of before anybody delivered: telling of them now would be noise.
update outbox set failed_at = now(), error = 'older than delivery' where sent_at is null and failed_at is null;
alter table outbox
    add column channel      text generated always as (case when position('/' in target) > 0 then split_part(target, '/', 1) else 'screen' end) stored,
    add column leased_until timestamptz,             -- being sent by somebody; when it passes it is sent again under the same id
    add column bundle       bigint,                  -- the summary it belongs to, once begun
    add column recipients   integer[];               -- whom the target meant when it left
create index on outbox (channel, due_at) where sent_at is null and failed_at is null;
create index on outbox (channel, sent_at) where sent_at is not null;
create index on outbox (bundle) where bundle is not null;
create index on outbox (created_at);

-- What was told to people on their desks. Read by account, never by area: who is told may see what it is about.
create table notices (
    notice_id   bigint generated always as identity primary key,
    parcel      text not null unique,
    at          timestamptz not null,
    accounts    integer[] not null,
    seen_by     integer[] not null default '{}',
    severity    smallint not null,
    template    text not null,
    title       text not null,
    area        text not null,
    items       jsonb not null,                      -- each message it tells of, the gravest first
    drill       boolean not null default false,
    simulated   boolean not null default false,
    version     integer not null default 1
);
create index on notices using gin (accounts);
create index on notices (at);
create view live_notices with (security_invoker = true) as
    select notice_id as id, at, accounts, seen_by, severity, template, title, area, street_of(area) as street, jsonb_array_length(items) as count,
           items -> 0 ->> 'noun' as noun, items -> 0 ->> 'id' as noun_id, drill, simulated, version
    from notices;
