-- What was made of a ticket that was taken elsewhere before it became confidential bears its number, too.

create index on incident_joins (part_id);

-- Every incident that ever held a report or an alert it raised, also those they were taken out of.
create function incidents_that_held(about bigint) returns setof bigint language sql stable as $$
    select incident_id from reports where report_id = about and incident_id is not null
    union select incident_id from alerts where report_id = about and incident_id is not null
    union select incident_id from incident_joins where kind = 'report' and part_id = about
    union select j.incident_id from alerts a join incident_joins j on j.kind = 'alert' and j.part_id = a.alert_id where a.report_id = about
$$;

-- Confidential tickets by the incidents they, or alerts of theirs, were taken out of.
create view tickets_that_left with (security_invoker = true) as
    select j.incident_id, r.report_id, title_for_all(r.title, r.external_id, r.extra) as title
    from incident_joins j left join alerts a on j.kind = 'alert' and a.alert_id = j.part_id
    join reports r on r.report_id = case j.kind when 'report' then j.part_id else a.report_id end
    where j.left_at is not null and r.extra ->> 'confidential' = 'true';

-- As in 0037; and cases opened in its words on an incident that it has left, and the marks of all those incidents.
create or replace function veil_made_of(about bigint, moment timestamptz, words text[]) returns void language plpgsql as $$
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
            union select k.case_number from cases k
                  where (k.incident_id in (select incidents_that_held(about)) or k.case_number in (select case_number from hotline_tickets where report_id = about))
                    and exists (select from unnest(words) w where w <> '' and strpos(concat_ws(' ', k.title, k.text), w) > 0))
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
    insert into incident_marks select incidents_that_held(about);
end $$;

-- What stands already: those that were moved before they became confidential. Each row once, however often this runs.
select veil_made_of(report_id, now(), array[title, text]) from reports where report_id in (select report_id from tickets_that_left) order by source, external_id;
