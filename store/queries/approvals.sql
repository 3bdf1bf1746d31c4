-- name: approvals_add^
insert into approvals (noun, noun_id, area, title, severity, act, note, extra, seen, asked_id, asked_by, asked_role, asked_at, expires_at, drill, simulated)
values (:noun, :noun_id, :area, :title, :severity, :act, :note, :extra, :seen, :asked_id, :asked_by, :asked_role, :now, :expires_at, :drill, :simulated)
on conflict (noun, noun_id, act) where stage = 'pending' do nothing
returning approval_id;

-- name: approvals_get
select approval_id as id, noun, noun_id, area, title, severity, act, note, extra, seen, stage, asked_id, asked_by, asked_role, asked_at, expires_at, drill, simulated,
       decided_by, decided_at, why
from approvals where approval_id = any(cast(:ids as bigint[])) and area like any(cast(:areas as text[])) order by approval_id;

-- name: approvals_lock^
select approval_id as id, noun, noun_id, area, title, severity, act, note, extra, seen, stage, asked_id, asked_by, asked_role, asked_at, expires_at, drill, simulated
from approvals where approval_id = :approval_id and area like any(cast(:areas as text[])) for update;

-- name: approvals_list
select approval_id as id, noun, noun_id, area, title, severity, act, note, extra, seen, stage, asked_id, asked_by, asked_role, asked_at, expires_at, drill, simulated,
       decided_by, decided_at, why
from approvals
where area like any(cast(:areas as text[])) and stage = any(cast(:stages as text[])) and approval_id < :after
  and (cast(:noun as text) is null or noun = :noun) and (cast(:noun_id as bigint) is null or noun_id = :noun_id)
order by approval_id desc limit :limit;

-- name: approvals_decide!
update approvals set stage = :stage, decided_id = :account_id, decided_by = :by, decided_at = :now, why = :why
where approval_id = :approval_id and stage = 'pending';

-- name: approvals_expired
select approval_id as id, noun, noun_id, area, act, asked_id, severity, title, drill, simulated from approvals
where stage = 'pending' and expires_at <= :now
  and not exists (select from sweep_faults f where f.part = 'approvals' and f.key = approval_id::text and f.again_at > :now)
order by approval_id limit :limit for update skip locked;

-- name: approvals_touch!
-- The version stays: what somebody asks for makes nobody's act stale.
with alert as (update alerts set updated_at = :now where :noun = 'alert' and alert_id = :noun_id)
update incidents set updated_at = :now where :noun = 'incident' and incident_id = :noun_id;
