-- What the desk sees of hotline tickets and of messages that reached nobody.

-- ── what went back to the platform, by ticket ─────────────────────────────────────────────────────────────────────
create index outbox_hotline on outbox (target, outbox_id) where channel = 'hotline';
create index outbox_hotline_failed on outbox (target) where channel = 'hotline' and failed_at is not null;

-- One that failed counts no more once a later one stands for it: of its own kind, or any after a mere change of state, since each
-- carries the whole record.
create view hotline_told with (security_invoker = true) as
    select o.outbox_id, o.target, o.dedupe_key, o.payload ->> 'kind' as kind, o.payload ->> 'stage' as stage, o.created_at, o.attempts, o.sent_at, o.failed_at, o.error,
           case when o.sent_at is not null then 'told'
                when o.failed_at is null then 'waiting'
                when left(coalesce(o.error, ''), 8) = 'withheld' then 'withheld'
                when exists (select from outbox later where later.channel = 'hotline' and later.target = o.target and later.outbox_id > o.outbox_id
                               and (o.payload ->> 'kind' = 'state' or later.payload ->> 'kind' = o.payload ->> 'kind')) then 'overtaken'
                else 'failed' end as state
    from outbox o where o.channel = 'hotline';

-- ── confidential tickets: their words are for the desk, which opens the report; every list, map and stream has the number ──
create function title_for_all(title text, external_id text, extra jsonb) returns text language sql immutable as $$
    select case when extra ->> 'confidential' = 'true' then '保密工单 ' || external_id else title end
$$;
create or replace view live_reports with (security_invoker = true) as
    select report_id as id, source, external_id, channel,
           title_for_all(title, external_id, extra) as title,
           case when extra ->> 'confidential' = 'true' then null else text end as text,
           class_code, area, street_of(area) as street, cell_id, lon, lat, placement, address,
           observed_at, received_at, ended_at, confidence, severity, media, stage, history, incident_id, drill, simulated, version, ends_at
    from reports;

-- Once confidential it stays so, whatever a later message leaves out.
create function keep_confidential() returns trigger language plpgsql as $$
begin
    new.extra := new.extra || '{"confidential": true}';
    return new;
end $$;
create trigger report_confidential before update of extra on reports for each row
    when (old.extra ->> 'confidential' = 'true' and new.extra ->> 'confidential' is distinct from 'true') execute function keep_confidential();

-- Whether a case came of a confidential ticket: asked of the whole city, whatever the reader may see.
create function is_confidential(number text) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select from hotline_tickets t where t.case_number = number and t.confidential)
        or exists (select from cases c join reports r using (report_id) where c.case_number = number and r.extra ->> 'confidential' = 'true')
$$;
