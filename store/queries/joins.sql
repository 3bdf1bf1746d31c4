-- Why each part is in its incident.

-- name: joins_add!
insert into incident_joins (incident_id, kind, part_id, subject, at, by, by_hand, reason)
select r.incident_id, r.kind, r.part_id, r.subject, :now, :by, :by_hand, r.reason
from rows from (jsonb_to_recordset(:rows) as (incident_id bigint, kind text, part_id bigint, subject text, reason jsonb)) with ordinality as r
order by r.ordinality;

-- name: joins_leave!
update incident_joins set left_at = :now, left_by = :by, why = :why
where kind = :kind and part_id = any (:ids ::bigint[]) and left_at is null;

-- name: joins_leave_others!
update incident_joins set left_at = :now, left_by = :by, why = :why
where kind = :kind and part_id = any (:ids ::bigint[]) and left_at is null and incident_id <> :incident_id;

-- name: joins_link!
insert into incident_joins (incident_id, kind, part_id, subject, at, by, by_hand, reason)
select :incident_id, :kind, p.part_id,
       coalesce((select a.rule || ' ' || a.subject from alerts a where :kind = 'alert' and a.alert_id = p.part_id), 'report ' || p.part_id), :now, :by, true, :reason
from unnest(:ids ::bigint[]) as p (part_id)
on conflict (kind, part_id) where left_at is null do nothing;

-- name: joins_of_incident
select kind, part_id, at, by, by_hand, reason, left_at, left_by, why from incident_joins where incident_id = :incident_id order by join_id;
