-- What suppression asks and writes. Holds are all it changes of an alert: no stage, no deadline, no version.

-- name: suppress_grounds
-- One question a raising batch: silences in force, and the inhibitions.
-- `stands`: somebody inhibits by it.
select 'silence' as what, silence_id as number, matcher::text as body, areas, until, by, why, true as stands
from silences where over_at is null and ended_at is null and since <= :now and until > :now
union all
select 'inhibition', position, body::text, null, null, null, null, exists (select from inhibitors i where i.inhibition = name) from inhibitions
order by what, number;

-- name: suppress_note!
insert into rejudgements (alert_id) select unnest(:alert_ids ::bigint[]);

-- name: suppress_candidates
select a.alert_id, a.rule, a.class_code, a.domain, a.severity, a.stage, a.hold, a.hold_ref, a.area, a.cell_id, c.cell_code, c.duty_grid,
       a.device_id, d.device, d.kind, coalesce(d.tags, '{}') as tags, d.gateway, a.incident_id, a.drill, a.simulated
from alerts a left join devices d using (device_id) left join cells c on c.cell_id = a.cell_id
where a.alert_id = any (:alert_ids ::bigint[]) and not a.probe
order by a.alert_id;

-- name: suppress_parents
-- A parent that ended, returned or was held meanwhile is none, also before the leader has taken it away.
select i.inhibition, i.key, i.itself, a.alert_id, a.severity, a.device_id, a.drill, a.simulated
from (select distinct * from unnest(:names ::text[], :keys ::text[]) as w (inhibition, key)) w join inhibitors i using (inhibition, key)
join alerts a using (alert_id)
where a.stage in ('unack', 'acked') and (a.hold = 'none' or a.hold_ref like 'alert:%%') and not (a.alert_id = any (:judged ::bigint[]));

-- name: suppress_hold!
update alerts a set hold = 'suppressed', hold_ref = h.ref, hold_by = h.by, hold_why = h.why, hold_until = h.until,
    hold_since = case when a.hold = 'suppressed' then a.hold_since else :now end
from unnest(:alert_ids ::bigint[], :refs ::text[], :bys ::text[], :whys ::text[], :untils ::timestamptz[]) as h (alert_id, ref, by, why, until)
where a.alert_id = h.alert_id and a.hold in ('none', 'suppressed');

-- name: suppress_tell!
update alerts set hold = 'none', hold_ref = null, hold_by = null, hold_why = null, hold_until = null, hold_since = null
where alert_id = any (:alert_ids ::bigint[]) and hold = 'suppressed';

-- name: suppress_inhibitors
select inhibition, key, alert_id, itself, noted from inhibitors where alert_id = any (:alert_ids ::bigint[]);

-- name: suppress_add_inhibitors!
insert into inhibitors (inhibition, key, alert_id, itself, noted)
select inhibition, key, alert_id, itself, :noted from unnest(:names ::text[], :keys ::text[], :alert_ids ::bigint[], :flags ::boolean[])
    as come (inhibition, key, alert_id, itself)
on conflict (inhibition, key, alert_id) do update set itself = excluded.itself, noted = excluded.noted;

-- name: suppress_drop_inhibitors!
delete from inhibitors i using unnest(:names ::text[], :keys ::text[], :alert_ids ::bigint[]) as gone (inhibition, key, alert_id)
where (i.inhibition, i.key, i.alert_id) = (gone.inhibition, gone.key, gone.alert_id);

-- name: suppress_notes
select note_id, alert_id from rejudgements order by note_id limit :most;

-- name: suppress_lock
-- Whoever an officer or a worker holds is met again in the next round: neither waits for the other for longer than a portion takes.
select alert_id from alerts where alert_id = any (:alert_ids ::bigint[]) order by alert_id for no key update skip locked;

-- name: suppress_concerned
-- Where nothing may suppress any more, only what stands suppressed, or as a parent, needs a look.
select alert_id from alerts where alert_id = any (:alert_ids ::bigint[]) and hold = 'suppressed'
union select alert_id from inhibitors where alert_id = any (:alert_ids ::bigint[]);

-- name: suppress_drop_notes!
delete from rejudgements where note_id = any (:note_ids ::bigint[]);

-- name: suppress_note_all!
insert into rejudgements (alert_id) select alert_id from alerts where stage <> 'normal' and not probe;

-- name: suppress_note_meant!
-- The alerts that a silence may mean; who is judged exactly looks at devices and cells, too.
insert into rejudgements (alert_id)
select alert_id from alerts
where stage <> 'normal' and not probe and hold in ('none', 'suppressed') and area like any (:areas ::text[])
  and (cast(:rules as text[]) is null or rule = any (cast(:rules as text[])))
  and (cast(:classes as text[]) is null or class_code = any (cast(:classes as text[])))
  and (cast(:domains as text[]) is null or domain = any (cast(:domains as text[])))
  and severity between :at_least and :at_most;

-- name: suppress_note_held!
insert into rejudgements (alert_id) select alert_id from alerts where hold_ref = any (:refs ::text[]) and stage <> 'normal';

-- name: suppress_note_children!
insert into rejudgements (alert_id)
select alert_id from alerts
where stage <> 'normal' and not probe and hold in ('none', 'suppressed') and alert_id <> all (:judged ::bigint[])
  and area like :area ::text || '%%'
  and (cast(:cell_id as integer) is null or cell_id = :cell_id)
  and (cast(:duty_grid as text) is null or cell_id in (select cell_id from cells where duty_grid = :duty_grid))
  and (cast(:gateway as text) is null or device_id in (select device_id from devices where gateway = :gateway))
  and (cast(:device as text) is null or device_id = (select device_id from devices where device = :device))
  and (cast(:incident_id as bigint) is null or incident_id = :incident_id)
  and (cast(:rules as text[]) is null or rule = any (cast(:rules as text[])))
  and (cast(:classes as text[]) is null or class_code = any (cast(:classes as text[])))
  and (cast(:domains as text[]) is null or domain = any (cast(:domains as text[])))
  and severity between :at_least and :at_most;

-- name: suppress_inhibitions
select name, position, body from inhibitions order by position;

-- name: suppress_forget_inhibitions!
delete from inhibitions;

-- name: suppress_keep_inhibition*!
insert into inhibitions (name, position, body) values (:name, :position, :body);

-- name: suppress_due_silences
-- Whose beginning or end has come and has not been followed yet.
select silence_id, matcher, areas, (ended_at is not null or until <= :now) as ends from silences
where over_at is null and (ended_at is not null or until <= :now or (since <= :now and begun_at is null))
order by silence_id for update skip locked;

-- name: suppress_mark_silence!
update silences set begun_at = case when since <= :now then coalesce(begun_at, :now) end, over_at = case when :ends then :now ::timestamptz end
where silence_id = :silence_id;
