-- Who is to be told of what nobody answers. The leader's sweep reads what is due by its index, however many are open.

-- name: escalations_due
select noun, id, look_at, since, call, judged_call, graver_at, worse, quiet, passed_to, policy, hand_at, hand_by, hand_note from escalations
where look_at <= :now order by look_at, noun, id limit :most for update skip locked;

-- name: escalations_alerts
-- Those a worker or an officer holds are met again in the next round: neither waits for the other. The stages are those of the queue.
select alert_id as id, title, severity, class_code, domain, area, stage, hold <> 'none' as held,
       exists (select from incidents i where i.incident_id = alerts.incident_id and i.stage in ('open', 'confirmed')) as inside, drill, simulated, probe, raised_at as began_at,
       respond_by, overdue_at, owner_id, case when stage in ('acked', 'normal') then acked_at end as answered_at
from alerts where alert_id = any (cast(:ids as bigint[])) order by alert_id for update skip locked;

-- name: escalations_incidents
select i.incident_id as id, i.title, i.severity, i.class_code, i.domain, i.area, i.stage, false as inside, i.drill, i.simulated, false as probe,
       i.opened_at as began_at, i.respond_by, i.overdue_at, i.owner_id,
       (select max(u.at) from audit u where u.noun = 'incident' and u.key = i.incident_id::text
            and u.act in ('acknowledge', 'confirm', 'handle', 'close', 'dismiss')) as answered_at,
       coalesce((select bool_and(a.hold <> 'none') from alerts a where a.incident_id = i.incident_id and a.stage <> 'normal'), false)
           and not exists (select from reports r where r.incident_id = i.incident_id and r.stage in ('open', 'confirmed')) as held
from incidents i where i.incident_id = any (cast(:ids as bigint[])) order by i.incident_id for update of i skip locked;

-- name: escalations_told
select noun, id, call, policy, step, round, target from escalation_steps where (noun, id) in (select * from unnest(cast(:nouns as text[]), cast(:ids as bigint[])));

-- name: escalations_looked!
update escalations set look_at = :look_at, quiet = :quiet, inside = :inside, worse = false, passed_to = :passed_to, policy = :policy, since = :since, call = :call, judged_call = :call,
    hand_at = null, hand_by = null, hand_note = null where noun = :noun and id = :id;

-- name: escalations_wake_parts!
-- Whom an incident that is handled or over no longer speaks for. Rows that somebody holds are not waited for: it is looked at once more.
with parts as (
    select e.id, a.incident_id from alerts a join escalations e on e.noun = 'alert' and e.id = a.alert_id
    where a.incident_id = any (cast(:ids as bigint[])) and a.stage <> 'normal' and e.inside and (e.look_at is null or e.look_at > :now)),
free as (select id from escalations where noun = 'alert' and id in (select id from parts) for update skip locked),
woken as (update escalations e set look_at = :now from free where e.noun = 'alert' and e.id = free.id)
update escalations set look_at = :again_at where noun = 'incident' and id in (select incident_id from parts where id not in (select id from free));

-- name: escalations_tell!
-- The mark and the message stand or fall together; who finds the mark made sends nothing.
with told as (
    insert into escalation_steps (noun, id, call, policy, step, round, target, due_at, told_at, why, by)
    values (:noun, :id, :call, :policy, :step, :round, :target, :due_at, :now, :why, :by) on conflict do nothing returning 1)
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
select :now, :dedupe_key, :told_to, :template, :payload, :severity, :now from told on conflict (dedupe_key) do nothing;

-- name: escalations_terms_of_alerts!
update alerts a set respond_by = t.respond_by, overdue_at = t.overdue_at
from unnest(cast(:ids as bigint[]), cast(:terms as timestamptz[]), cast(:overdues as timestamptz[])) as t (id, respond_by, overdue_at)
where a.alert_id = t.id;

-- name: escalations_terms_of_incidents!
update incidents i set respond_by = t.respond_by, overdue_at = t.overdue_at
from unnest(cast(:ids as bigint[]), cast(:terms as timestamptz[]), cast(:overdues as timestamptz[])) as t (id, respond_by, overdue_at)
where i.incident_id = t.id;

-- name: escalations_terms
select place, severities, classes, domains, areas, respond_within from escalation_terms order by place;

-- name: escalations_drop_terms!
delete from escalation_terms;

-- name: escalations_add_terms*!
-- Processes start at the same moment, each with these terms.
insert into escalation_terms (place, severities, classes, domains, areas, respond_within)
values (:place, :severities, :classes, :domains, :areas, :respond_within)
on conflict (place) do update set severities = excluded.severities, classes = excluded.classes, domains = excluded.domains, areas = excluded.areas,
    respond_within = excluded.respond_within;

-- name: escalations_ask!
insert into escalations (noun, id, since, look_at, hand_at, hand_by, hand_note) values (:noun, :id, :now, :now, :now, :by, :note)
on conflict (noun, id) do update set look_at = :now, hand_at = :now, hand_by = :by, hand_note = :note;

-- name: escalations_read^
select since, call, passed_to, policy, quiet from escalations where noun = :noun and id = :id;

-- name: escalations_read_steps
select s.call, s.policy, s.step, s.round, s.target, s.due_at, s.told_at, s.why, s.by, o.outbox_id, o.sent_at, o.failed_at, o.error
from escalation_steps s
left join outbox o on o.dedupe_key = 'escalation/' || s.noun || '/' || s.id || '/' || s.call || '/' || s.policy || '/' || s.step || '/' || s.round || '/' || s.target
where s.noun = :noun and s.id = :id order by s.told_at, s.step, s.round, s.target;

-- name: escalations_forget!
delete from escalations e where e.look_at is null
  and case e.noun when 'alert' then not exists (select from alerts a where a.alert_id = e.id and (a.stage <> 'normal' or coalesce(a.ended_at, a.updated_at) > :before))
                  else not exists (select from incidents i where i.incident_id = e.id and (i.stage in ('open', 'confirmed', 'handling') or coalesce(i.closed_at, i.updated_at) > :before)) end;
