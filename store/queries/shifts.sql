-- name: shifts_begin^
insert into shifts (account_id, name, role, area, began_at)
select :account_id, :name, :role, :area, :now where not exists (select from shifts where account_id = :account_id and stage <> 'ended')
on conflict (account_id) where stage <> 'ended' do nothing
returning shift_id;

-- name: shifts_of^
select shift_id, account_id, name, role, area, stage, began_at, ended_at, ended_how, version from shifts where account_id = :account_id and stage <> 'ended';

-- name: shifts_lock^
select shift_id, account_id, name, role, area, stage, began_at, version from shifts where shift_id = :shift_id for update;

-- name: handovers_standing^
-- Read when the shift is locked: nobody can offer it to another meanwhile.
select handover_id, to_id, to_name, note, items, items_hash, offered_at from handovers where shift_id = :shift_id and outcome is null;

-- name: shifts_move!
update shifts set stage = :stage, version = version + 1, ended_at = case when :stage = 'ended' then :now ::timestamptz end,
    ended_how = case when :stage = 'ended' then :act end
where shift_id = :shift_id and version = :version;

-- name: shifts_overrun
select s.shift_id, s.version, a.disabled_at is not null as disabled from shifts s join accounts a using (account_id)
where s.stage <> 'ended' and (s.began_at <= :before or a.disabled_at is not null) order by s.shift_id for update of s skip locked;

-- name: shifts_unsettled
select s.shift_id, s.account_id, s.name, s.area, s.ended_at, s.ended_how,
       exists (select from shifts n where n.account_id = s.account_id and n.stage <> 'ended') as back
from shifts s where s.ended_at is not null and s.settled_at is null order by s.shift_id limit 20 for update of s skip locked;

-- name: shifts_settled!
update shifts set settled_at = :now where shift_id = :shift_id;

-- name: shifts_held^
-- What still stands in the name of somebody who went home.
select (select count(*) from alerts where acked_id = :account_id and stage = 'acked' and acked_at <= :ended_at) as acked,
       (select min(severity) from alerts where acked_id = :account_id and stage = 'acked' and acked_at <= :ended_at) as severity,
       (select count(*) from alerts where owner_id = :account_id and stage <> 'normal') as alerts,
       (select count(*) from incidents where owner_id = :account_id and stage in ('open', 'confirmed', 'handling')) as incidents;

-- name: shifts_lapsing
select alert_id, area, stage from alerts where acked_id = :account_id and stage = 'acked' and acked_at <= :ended_at
order by alert_id limit :limit for update skip locked;

-- name: shifts_lapse!
-- The clock of telling begins anew by itself: store/migrations/versions/0019_escalations.sql.
update alerts set stage = 'unack', acked_at = null, acked_by = null, acked_id = null, ack_note = null, updated_at = :now, version = version + 1
where alert_id = any(cast(:ids as bigint[]));

-- name: shifts_owned_alerts
select alert_id, area from alerts where owner_id = :account_id and stage <> 'normal' order by alert_id limit :limit for update skip locked;

-- name: shifts_disown_alerts!
update alerts set owner_id = null, owner = null, updated_at = :now, version = version + 1 where alert_id = any(cast(:ids as bigint[]));

-- name: shifts_owned_incidents
select incident_id, area from incidents where owner_id = :account_id and stage in ('open', 'confirmed', 'handling') order by incident_id limit :limit
for update skip locked;

-- name: shifts_disown_incidents!
update incidents set owner_id = null, owner = null, updated_at = :now, version = version + 1 where incident_id = any(cast(:ids as bigint[]));

-- name: handovers_items
-- What somebody leaves behind. Cases belong to nobody at the desk: those he moved and that are still open are told of, and so are his silences.
select 'alert' as noun, alert_id::text as id, title, severity, stage, hold, area, version, acked_id is not distinct from :account_id and stage = 'acked' as acked,
       owner_id is not distinct from :account_id as owned, drill
from alerts where stage <> 'normal' and (owner_id = :account_id or (acked_id = :account_id and stage = 'acked'))
union all
select 'incident', incident_id::text, title, severity, stage, null, area, version, false, true, drill
from incidents where owner_id = :account_id and stage in ('open', 'confirmed', 'handling')
union all
select 'case', c.case_number, c.title, c.severity, c.stage, null, c.area, c.version, false, false, c.drill
from cases c where c.closed_at is null and c.case_number in (select a.key from audit a where a.noun = 'case' and a.account_id = :account_id and a.at >= :since)
union all
select 'approval', approval_id::text, title, severity, stage, null, area, 1, false, true, drill from approvals where asked_id = :account_id and stage = 'pending'
union all
select 'silence', silence_id::text, why, 5, kind, null, areas[1], version, false, true, false from silences where by_id = :account_id and ended_at is null and over_at is null
order by noun, severity, id;

-- name: handovers_add^
insert into handovers (shift_id, to_id, to_name, note, items, items_hash, offered_at)
values (:shift_id, :to_id, :to_name, :note, :items, :items_hash, :now) returning handover_id;

-- name: handovers_decide!
update handovers set outcome = :outcome, decided_at = :now, why = :why where handover_id = :handover_id and outcome is null;

-- name: handovers_of_shift^
select handover_id as id, to_id, to_name as "to", note, items, items_hash, offered_at, outcome, decided_at, why
from handovers where shift_id = :shift_id order by handover_id desc limit 1;

-- name: handovers_offered_to
select s.shift_id, s.account_id, s.name as "from", s.role, s.began_at, s.version, h.handover_id as id, h.note, h.items, h.items_hash, h.offered_at
from handovers h join shifts s using (shift_id) where h.to_id = :account_id and h.outcome is null and s.stage = 'offered' order by h.handover_id;

-- name: handovers_move_alerts
-- Locked in the order of everybody else.
with mine as (select alert_id from alerts where alert_id = any(cast(:ids as bigint[])) order by alert_id for update)
update alerts set owner = case when owner_id = :from_id then :to_name else owner end, owner_id = case when owner_id = :from_id then :to_id else owner_id end,
    acked_by = case when acked_id = :from_id then :to_name else acked_by end, acked_id = case when acked_id = :from_id then :to_id else acked_id end,
    updated_at = :now, version = version + 1
where alert_id in (select alert_id from mine) and stage <> 'normal' and area like any(cast(:areas as text[]))
  and (owner_id = :from_id or (acked_id = :from_id and stage = 'acked'))
returning alert_id, area;

-- name: handovers_move_incidents
update incidents set owner_id = :to_id, owner = :to_name, updated_at = :now, version = version + 1
where incident_id = any(cast(:ids as bigint[])) and owner_id = :from_id and stage in ('open', 'confirmed', 'handling') and area like any(cast(:areas as text[]))
returning incident_id, area;
