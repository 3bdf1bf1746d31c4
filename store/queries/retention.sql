-- What is kept no longer, in portions; the rest of a large heap goes the next time. Alerts, incidents, reports and cases stay, and with them what people said of them.

-- name: retention_probes!
-- Alerts of proofs of the path with their clock and steps: they are nothing of the city's.
with gone as (delete from alerts where alert_id in (
                  select alert_id from alerts where probe and stage = 'normal' and ended_at < :before order by ended_at limit :most) returning alert_id),
     clocks as (delete from escalations where noun = 'alert' and id in (select alert_id from gone)),
     steps as (delete from escalation_steps where noun = 'alert' and id in (select alert_id from gone))
select alert_id from gone;

-- name: retention_steps!
-- Who was told of what ended long ago.
delete from escalation_steps where ctid in (
    select s.ctid from escalation_steps s left join alerts a on s.noun = 'alert' and a.alert_id = s.id left join incidents i on s.noun = 'incident' and i.incident_id = s.id
    where s.told_at < :before and (a.alert_id is null or (a.stage = 'normal' and coalesce(a.ended_at, a.updated_at) < :before))
      and (i.incident_id is null or (i.stage in ('closed', 'dismissed') and coalesce(i.closed_at, i.updated_at) < :before))
    limit :most);

-- name: retention_storm_steps!
delete from storm_steps where ctid in (
    select p.ctid from storm_steps p join storms s using (storm_id) where s.ended_at < :before limit :most);

-- name: retention_silences!
delete from silences where silence_id in (select silence_id from silences where over_at < :before order by over_at limit :most);

-- name: retention_approvals!
delete from approvals where approval_id in (
    select approval_id from approvals where decided_at < :before and stage <> 'pending' order by decided_at limit :most);

-- name: retention_handovers!
delete from handovers where handover_id in (
    select h.handover_id from handovers h join shifts s using (shift_id) where s.ended_at < :before and s.settled_at is not null limit :most);

-- name: retention_shifts!
delete from shifts where shift_id in (
    select s.shift_id from shifts s
    where s.ended_at < :before and s.settled_at is not null and not exists (select from handovers h where h.shift_id = s.shift_id)
    order by s.ended_at limit :most);

-- name: retention_comments!
-- Of what is itself no longer there.
delete from comments where comment_id in (
    select c.comment_id from comments c
    where c.at < :before and case c.noun when 'alert' then not exists (select from alerts a where a.alert_id = c.noun_id)
                                         else not exists (select from incidents i where i.incident_id = c.noun_id) end
    limit :most);
