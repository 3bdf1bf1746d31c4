-- Contacts, receipts, rates and the exchange with the hotline.

-- ── contacts: how people are reached, beside their names; what they wish stands with the account ──────────────────
alter table persons
    add column mail   text not null default '',
    add column robots jsonb not null default '{}';       -- {"wecom": userid, "dingtalk": userid, "feishu": open_id}

create table telling (
    account_id integer primary key references accounts on delete cascade,
    language   text not null default 'zh' check (language in ('zh', 'en')),
    quiet_from time,                                 -- in the city's zone; null: the city's own hours
    quiet_to   time,                                 -- the same as quiet_from: never quiet
    updated_at timestamptz not null
);

create table push_subscriptions (
    subscription_id integer generated always as identity primary key,
    account_id      integer not null references accounts on delete cascade,
    endpoint        text not null unique,
    p256dh          text not null,
    auth            text not null,
    created_at      timestamptz not null,
    ended_at        timestamptz,
    ended_why       text
);
create index on push_subscriptions (account_id) where ended_at is null;

-- Made once and kept: who subscribed did so to this key.
create table push_keys (
    one         boolean primary key default true check (one),
    private_key text not null,
    public_key  text not null,
    created_at  timestamptz not null
);

-- ── deliveries: of a message that goes to people, one row a person; the outbox keeps its one row a step and target ─
alter table outbox add column handed_at timestamptz; -- its people have rows of their own from then on
alter table outbox add column refused smallint not null default 0; -- answers about the message itself: only these count towards giving up
create table deliveries (
    delivery_id  bigint generated always as identity primary key,
    outbox_id    bigint not null references outbox on delete cascade,
    account_id   integer not null references accounts on delete cascade,
    channel      text not null,
    severity     smallint not null,
    due_at       timestamptz not null,
    held         boolean not null default false,     -- it waited for the end of quiet hours
    attempts     smallint not null default 0,
    refused      smallint not null default 0,
    leased_until timestamptz,
    bundle       bigint,
    sent_at      timestamptz,
    failed_at    timestamptz,
    error        text,
    reference    text,                               -- what the gateway calls it
    delivered_at timestamptz,
    read_at      timestamptz,
    unique (outbox_id, account_id)
);
create index on deliveries (channel, due_at) where sent_at is null and failed_at is null;
create index on deliveries (channel, account_id, sent_at) where sent_at is not null;
create index on deliveries (bundle) where bundle is not null;
create index on deliveries (channel, reference) where reference is not null;
create index on outbox ((payload ->> 'noun'), (payload ->> 'id')) where payload ? 'noun';
create index on outbox ((payload ->> 'number')) where payload ? 'number';

-- Who of those told on their desks has seen it. A notice is read by its own people; that they read it may be known.
create function desk_reads(which text, message bigint) returns table (account_id integer) language sql stable security definer set search_path = public as $$
    select distinct unnest(n.seen_by) from notices n
    where n.parcel in (which, (select 'bundle/' || o.bundle from outbox o where o.outbox_id = message and o.channel = 'screen'))
$$;

-- ── the hotline: each ticket keeps its own stage, clock and reply, whatever case it became part of ────────────────
create table hotline_tickets (
    ticket_id     bigint generated always as identity primary key,
    source        text not null,
    ticket_no     text not null,
    report_id     bigint not null unique references reports,
    case_number   text references cases,
    area          text not null,
    stage         text not null default 'new' check (stage in ('new', 'accepted', 'dispatched', 'handling', 'replied', 'supervised', 'closed', 'revisited',
                                                               'returned', 'disputed', 'merged', 'cancelled')),
    upper_no      text not null default '',
    appeal_type   text not null default '',
    via           text not null default '',
    confidential  boolean not null default false,
    opened_at     timestamptz not null,
    due_at        timestamptz,                       -- what the platform was promised; not the case's own deadline
    accepted_at   timestamptz,
    dispatched_at timestamptz,
    replied_at    timestamptz,
    closed_at     timestamptz,
    revisited_at  timestamptz,
    overdue_at    timestamptz,
    result        text not null default '',
    reply         text not null default '',
    why           text not null default '',          -- of a return, a dispute, a merger
    merged_into   bigint references hotline_tickets,
    drill         boolean not null default false,
    simulated     boolean not null default false,
    updated_at    timestamptz not null,
    version       integer not null default 1,
    unique (source, ticket_no)
);
create index on hotline_tickets (case_number) where case_number is not null;
create index on hotline_tickets (due_at) where closed_at is null and overdue_at is null;
create index on hotline_tickets (area text_pattern_ops, ticket_id);

-- Reports whose ticket is to be looked at again: they, or the case they became part of, changed. Only ever appended to, so that nobody
-- waits for who reads it.
create table hotline_news (
    news_id   bigint generated always as identity primary key,
    report_id bigint not null
);
create function note_hotline_report() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into hotline_news (report_id) values (new.report_id);
    return null;
end $$;
create trigger hotline_new after insert on reports for each row
    when (new.channel = 'hotline' and not new.history) execute function note_hotline_report();
create trigger hotline_changed after update on reports for each row
    when (new.channel = 'hotline' and not new.history and (old.version, old.incident_id) is distinct from (new.version, new.incident_id))
    execute function note_hotline_report();
create function note_hotline_case() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into hotline_news (report_id)
    select r.report_id from reports r
    where r.channel = 'hotline' and not r.history and (r.report_id = new.report_id or r.incident_id = new.incident_id);
    return null;
end $$;
create trigger hotline_opened after insert on cases for each row
    when (new.report_id is not null or new.incident_id is not null) execute function note_hotline_case();
create trigger hotline_moved after update of stage on cases for each row
    when (old.stage is distinct from new.stage and (new.report_id is not null or new.incident_id is not null)) execute function note_hotline_case();

-- What the revisits found: the raw facts of the three rates (response, solution, satisfaction).
create table revisits (
    revisit_id   bigint generated always as identity primary key,
    source       text not null,
    external_id  text not null,                      -- of the revisit; where the platform gives none, the ticket's and the moment
    ticket_no    text not null,
    ticket_id    bigint references hotline_tickets,
    case_number  text references cases,
    area         text not null,
    unit         text not null default '',           -- as the platform names it
    unit_id      integer references units,           -- ours: the case's lead unit, or the unit of this name or code
    channel      text not null default '',
    revisit_at   timestamptz not null,
    valid        boolean not null default true,      -- only these count in a rate
    contacted    boolean,
    solved       boolean,
    satisfaction text check (satisfaction in ('satisfied', 'basically_satisfied', 'dissatisfied')),
    received_at  timestamptz not null,
    drill        boolean not null default false,
    simulated    boolean not null default false,
    unique (source, external_id)
);
create index on revisits (revisit_at);
create index on revisits (ticket_id) where ticket_id is not null;
create index on revisits (case_number) where case_number is not null;

do $$
declare name text;
begin
    foreach name in array array['hotline_tickets', 'revisits'] loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy area_scope on %I using (area like any (string_to_array(current_setting(''yiping.areas'', true), '','')))', name);
    end loop;
end $$;
