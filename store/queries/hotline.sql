-- Tickets of the hotline, what is told back of them, and what revisits found.

-- name: hotline_news
select news_id, report_id from hotline_news order by news_id limit :most;

-- name: hotline_heard!
delete from hotline_news where news_id = any(:ids ::bigint[]);

-- name: hotline_facts
-- Of each report: itself, its ticket if there is one, and the case it became part of.
select r.report_id, r.source, r.external_id as ticket_no, r.area, r.title, r.observed_at, r.extra, r.drill, r.simulated, r.stage as report_stage, t.ticket_id,
       c.case_number, c.stage as case_stage, c.closed_at as case_closed_at, c.dispatched_at as case_dispatched_at, coalesce(u.name, '') as unit,
       case when c.closed_at is not null then (
           select a.note from audit a where a.noun = 'case' and a.key = c.case_number and a.note is not null
             and a.act in ('close', 'force_close', 'check', 'feedback', 'finish', 'decline', 'void') order by a.at desc, a.audit_id desc limit 1)
       when r.stage = 'dismissed' then (
           select a.note from audit a where a.noun = 'report' and a.key = r.report_id::text and a.act = 'dismiss' and a.note is not null
           order by a.at desc, a.audit_id desc limit 1) end as result
from reports r left join hotline_tickets t using (report_id)
left join lateral (
    select * from cases c where c.report_id = r.report_id or (r.incident_id is not null and c.incident_id = r.incident_id)
    order by c.stage in ('voided', 'declined'), c.report_id is not distinct from r.report_id desc, c.case_number is not distinct from t.case_number desc, c.opened_at desc
    limit 1) c on true
left join units u on u.unit_id = c.lead_unit
where r.report_id = any(:ids ::bigint[]) order by r.report_id;

-- name: hotline_add!
insert into hotline_tickets (source, ticket_no, report_id, area, upper_no, appeal_type, via, confidential, opened_at, due_at, drill, simulated, updated_at)
values (:source, :ticket_no, :report_id, :area, :upper_no, :appeal_type, :via, :confidential, :opened_at, :due_at, :drill, :simulated, :now)
on conflict do nothing;

-- name: hotline_lock^
select t.*, coalesce(u.name, '') as unit, o.ticket_no as merged_no, r.title, r.severity
from hotline_tickets t join reports r using (report_id) left join cases c on c.case_number = t.case_number left join units u on u.unit_id = c.lead_unit
left join hotline_tickets o on o.ticket_id = t.merged_into
where (t.ticket_id = cast(:ticket_id as bigint) or t.report_id = cast(:report_id as bigint)) and t.area like any(cast(:areas as text[])) for update of t;

-- name: hotline_other^
-- The newest of a number: platforms count anew.
select ticket_id, ticket_no, stage from hotline_tickets
where (ticket_id = cast(:ticket_id as bigint) or ticket_no = cast(:ticket_no as text)) and area like any(cast(:areas as text[])) order by ticket_id desc limit 1;

-- name: hotline_save!
update hotline_tickets set stage = :stage, area = :area, case_number = :case_number, appeal_type = :appeal_type, confidential = :confidential, due_at = :due_at,
    accepted_at = :accepted_at, dispatched_at = :dispatched_at, replied_at = :replied_at, closed_at = :closed_at, revisited_at = :revisited_at,
    result = :result, reply = :reply, why = :why, merged_into = :merged_into, updated_at = :now, version = version + 1
where ticket_id = :ticket_id and version = :version;

-- name: hotline_list
-- The page's numbers first, in one walk from the newest; what stands beside them is looked up for these alone. Whoever may not read a
-- confidential one finds it by its number only.
with page as materialized (
    select t.ticket_id
    from hotline_tickets t
    where t.area like any(cast(:areas as text[])) and t.area like :area and t.ticket_id < :after
      and (cast(:stages as text[]) is null or t.stage = any(cast(:stages as text[])))
      and (cast(:case_number as text) is null or t.case_number = :case_number)
      and (cast(:source as text) is null or t.source = :source)
      and (cast(:ticket_no as text) is null or t.ticket_no = :ticket_no)
      and (cast(:ticket_id as bigint) is null or t.ticket_id = :ticket_id)
      and (cast(:overdue as boolean) is null or (t.overdue_at is not null) = :overdue)
      and (cast(:late as boolean) is not true or t.stage not in ('merged', 'cancelled', 'returned') and (
            t.overdue_at is not null and t.closed_at is null and t.replied_at is null
            or coalesce(t.accepted_at, t.dispatched_at, t.replied_at, t.closed_at) is null and t.opened_at < :accept_before
            or coalesce(t.dispatched_at, t.replied_at, t.closed_at) is null
               and t.opened_at < case when (select r.severity from reports r where r.report_id = t.report_id) <= 2 then cast(:urgent_before as timestamptz) else cast(:dispatch_before as timestamptz) end))
      and (cast(:told as text) is distinct from 'failed' or 'hotline/ticket:' || t.ticket_id in (
            select f.target from outbox f where f.channel = 'hotline' and f.failed_at is not null
              and exists (select from hotline_told h where h.outbox_id = f.outbox_id and h.state = 'failed')))
      and (cast(:told as text) is distinct from 'waiting' or 'hotline/ticket:' || t.ticket_id in (
            select w.target from outbox w where w.channel = 'hotline' and w.sent_at is null and w.failed_at is null))
      and (cast(:told as text) is distinct from 'told' or exists (
            select from outbox s where s.channel = 'hotline' and s.target = 'hotline/ticket:' || t.ticket_id and s.sent_at is not null))
      and (cast(:dissatisfied as boolean) is not true or t.ticket_id in (
            select v.ticket_id from revisits v where v.valid and (v.solved is false or v.satisfaction = 'dissatisfied')
              and not exists (select from revisits l where l.ticket_id = v.ticket_id and l.valid and (l.revisit_at, l.revisit_id) > (v.revisit_at, v.revisit_id))))
      and (cast(:q as text) is null or t.ticket_no ilike :q or t.upper_no ilike :q or t.case_number ilike :q
           or case when :desk ::boolean then (select r.title from reports r where r.report_id = t.report_id) ilike :q
                   when not t.confidential then (select masked(r.title) from reports r where r.report_id = t.report_id) ilike :q end)
    order by t.ticket_id desc limit :limit)
select t.ticket_id as id, t.source, t.ticket_no, t.report_id, t.case_number, t.area, t.stage, t.upper_no, t.appeal_type, t.via, t.confidential, t.opened_at, t.due_at,
       t.accepted_at, t.dispatched_at, t.replied_at, t.closed_at, t.revisited_at, t.overdue_at is not null as overdue, t.reply, t.result, t.why,
       o.ticket_no as merged_into, r.title, r.text, r.severity, c.stage as case_stage, u.name as unit, u.name_en as unit_en,
       x.told, x.told_at, x.told_error, v.contacted, v.solved, v.satisfaction, v.revisit_at, t.drill, t.simulated, t.version
from page join hotline_tickets t using (ticket_id) join reports r using (report_id) left join hotline_tickets o on o.ticket_id = t.merged_into
left join cases c on c.case_number = t.case_number left join units u on u.unit_id = c.lead_unit
left join lateral (
    select case when bool_or(h.state = 'failed') then 'failed' when bool_or(h.state = 'waiting') then 'waiting' when bool_or(h.state = 'told') then 'told' end as told,
           max(h.sent_at) as told_at, (array_agg(h.error order by h.outbox_id desc) filter (where h.state in ('failed', 'waiting')))[1] as told_error
    from hotline_told h where h.target = 'hotline/ticket:' || t.ticket_id) x on true
left join lateral (
    select v.contacted, v.solved, v.satisfaction, v.revisit_at from revisits v
    where v.ticket_id = t.ticket_id and v.valid order by v.revisit_at desc, v.revisit_id desc limit 1) v on true
order by t.ticket_id desc;

-- name: hotline_exchanges
select outbox_id, dedupe_key as id, stage, kind, state, created_at, attempts, sent_at, failed_at, error
from hotline_told where target = :target order by outbox_id;

-- name: hotline_overdue
update hotline_tickets set overdue_at = :now, updated_at = :now, version = version + 1
where ticket_id in (select ticket_id from hotline_tickets where due_at <= :now and closed_at is null and overdue_at is null
                      and stage not in ('merged', 'cancelled', 'returned', 'replied') order by ticket_id limit :limit for update skip locked)
returning ticket_id, ticket_no, area, drill, simulated, confidential, (select title from reports r where r.report_id = hotline_tickets.report_id) as title;

-- name: hotline_claim
-- Of each ticket only the first that waits: the platform hears of its stages in their order.
with heads as (
    select distinct on (target) outbox_id, due_at, leased_until from outbox
    where channel = :channel and sent_at is null and failed_at is null order by target, outbox_id)
select o.outbox_id, o.dedupe_key, o.target, o.template, o.severity, o.payload, o.created_at, o.attempts, o.refused
from outbox o join heads h using (outbox_id)
where h.due_at <= :now and (h.leased_until is null or h.leased_until <= :now)
order by o.outbox_id limit :most for update of o skip locked;

-- name: revisits_ticket^
select t.ticket_id, t.source, t.case_number, t.area, t.drill, t.simulated, c.lead_unit
from hotline_tickets t left join cases c on c.case_number = t.case_number
where t.ticket_no = :ticket_no and t.source = any(cast(:sources as text[])) order by t.ticket_id desc limit 1;

-- name: revisits_add^
insert into revisits as v (source, external_id, ticket_no, ticket_id, case_number, area, unit, unit_id, channel, revisit_at, valid, contacted, solved, satisfaction,
    received_at, drill, simulated)
values (:source, :external_id, :ticket_no, :ticket_id, :case_number, :area, :unit,
    coalesce(cast(:unit_id as integer), (select unit_id from units where :unit <> '' and (name = :unit or code = :unit) order by unit_id limit 1)),
    :channel, :revisit_at, :valid, :contacted, :solved, :satisfaction, :now, :drill, :simulated)
on conflict (source, external_id) do update set revisit_at = excluded.revisit_at, valid = excluded.valid, contacted = excluded.contacted, solved = excluded.solved,
    satisfaction = excluded.satisfaction, unit = excluded.unit, channel = excluded.channel, received_at = excluded.received_at
where (v.revisit_at, v.valid, v.contacted, v.solved, v.satisfaction, v.unit, v.channel) is distinct from
      (excluded.revisit_at, excluded.valid, excluded.contacted, excluded.solved, excluded.satisfaction, excluded.unit, excluded.channel)
returning revisit_id, xmax = 0 as created;

-- name: revisits_list
select revisit_id as id, source, ticket_no, case_number, area, unit, unit_id, channel, revisit_at, valid, contacted, solved, satisfaction, drill, simulated
from revisits where area like any(cast(:areas as text[])) and revisit_id < :after
  and (cast(:ticket_id as bigint) is null or ticket_id = :ticket_id) and revisit_at >= :since and revisit_at < :until
order by revisit_id desc limit :limit;
