-- Proofs of the path: a synthetic reading goes the whole way, and each leg is timed.
alter table devices add column probe boolean not null default false;   -- of ours: in no list, no count, no figure

create table probes (
    probe_id    bigint generated always as identity primary key,   -- the value that is sent: by it the proof is known again
    wire        text not null check (wire in ('mqtt', 'http')),
    started_at  timestamptz not null,
    sent_at     timestamptz,                         -- the broker, or the edge after its commit, confirmed it
    alert_id    bigint,
    raised_at   timestamptz,                         -- its rule rang
    screen_at   timestamptz,                         -- a reader of the live stream had it
    told_at     timestamptz,                         -- its message stood in the outbox
    arrived_at  timestamptz,                         -- the message came to its target
    cleared_at  timestamptz,
    ok          boolean,                             -- null: on its way
    leg         text                                 -- where it got stuck: wire, rule, screen, notification
);
create index on probes (started_at);

-- Whatever rings for a device of ours proves the path and is nothing of the city's, whichever rule it is.
create function mark_probe() returns trigger language plpgsql as $$
begin
    new.probe := exists (select from devices where device_id = new.device_id and probe);
    return new;
end $$;
create trigger mark_probe before insert on alerts for each row when (new.device_id is not null and not new.probe) execute function mark_probe();
