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

-- Whatever was made of a ticket bears its number once that is confidential: its alerts, their cases and its own, and what was opened on its
-- incident in its words. Taken in the order of intake: report, alerts, cases. Incidents are the leader's, who sums them up anew.
create function veil_made_of(about bigint, moment timestamptz, words text[]) returns void language plpgsql as $$
declare
    veil text; alerts_hit bigint[]; cases_hit text[]; was jsonb;
begin
    select title_for_all(title, external_id, '{"confidential": true}') into veil from reports where report_id = about;
    select array_agg(h.alert_id) into alerts_hit from (select alert_id from alerts where report_id = about and title <> veil order by alert_id for update) h;
    select array_agg(h.case_number) into cases_hit from (
        select c.case_number from cases c
        where (c.title <> veil or c.text is not null) and c.case_number in (
            select case_number from cases where report_id = about
            union select k.case_number from alerts a join cases k using (alert_id) where a.report_id = about
            union select k.case_number from cases k join reports r using (incident_id)
                  where r.report_id = about and exists (select from unnest(words) w where w <> '' and strpos(concat_ws(' ', k.title, k.text), w) > 0)
            union select k.case_number from cases k join hotline_tickets t using (case_number)
                  where t.report_id = about and exists (select from unnest(words) w where w <> '' and strpos(concat_ws(' ', k.title, k.text), w) > 0))
        order by c.case_number for update) h;
    was := (select jsonb_object_agg(v.id, to_jsonb(v)) from live_alerts v where v.id = any(alerts_hit));
    update alerts set title = veil, updated_at = moment, version = version + 1 where alert_id = any(alerts_hit);
    insert into change_log (processed_at, area, noun, key, before, after)
        select moment, v.area, 'alert', v.id, was -> v.id::text, to_jsonb(v) from live_alerts v where v.id = any(alerts_hit) order by v.id;
    was := (select jsonb_object_agg(v.id, to_jsonb(v)) from live_cases v where v.id = any(cases_hit));
    update cases set title = veil, text = null, updated_at = moment, version = version + 1 where case_number = any(cases_hit);
    insert into change_log (processed_at, area, noun, key, before, after)
        select moment, v.area, 'case', v.id, was -> v.id, to_jsonb(v) from live_cases v where v.id = any(cases_hit) order by v.id;
    insert into audit (at, actor, role, act, noun, key, area)
        select moment, 'system', 'system', 'veil', 'alert', alert_id::text, area from alerts where alert_id = any(alerts_hit)
        union all select moment, 'system', 'system', 'veil', 'case', case_number, area from cases where case_number = any(cases_hit);
end $$;
create function report_veils() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform veil_made_of(new.report_id, new.processed_at, array[old.title, new.title, old.text, new.text]);
    return null;
end $$;
create trigger report_veils after update of extra on reports for each row
    when (new.extra ->> 'confidential' = 'true' and old.extra ->> 'confidential' is distinct from 'true') execute function report_veils();
-- As in 0017, and that it became confidential is another word of it, too.
create or replace trigger mark_incident after update on reports for each row
    when ((old.incident_id, old.severity, old.title, old.class_code, old.lon, old.simulated, old.stage = 'dismissed', old.extra -> 'confidential')
              is distinct from (new.incident_id, new.severity, new.title, new.class_code, new.lon, new.simulated, new.stage = 'dismissed', new.extra -> 'confidential')
          and (old.incident_id is not null or new.incident_id is not null))
    execute function mark_incident();

-- Whether a case came of a confidential ticket: asked of the whole city, whatever the reader may see.
create function is_confidential(number text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from hotline_tickets t where t.case_number = number and t.confidential)
        or exists (select from cases c left join alerts a using (alert_id) join reports r on r.report_id = coalesce(c.report_id, a.report_id)
                   where c.case_number = number and r.extra ->> 'confidential' = 'true')
$$;

-- Free text without numbers of telephones and identity cards, as `dispatch.hotline.masked` writes it: what a reader sees masked is searched masked.
create function masked(words text) returns text language sql immutable as $$
    select regexp_replace(regexp_replace(words, '(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)', '\1****\2', 'g'), '(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)', '\1********\2', 'g')
$$;
