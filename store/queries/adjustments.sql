-- 延期 and 挂账: asked for, agreed to by the unit and then by the dispatcher.

-- name: adjustments_of_case
select a.adjustment_id as id, a.kind, a.stage, a.until_at, a.reason, a.asked_at, asker.title as asked_by, unit.title as unit_by, a.unit_at,
       decider.title as decided_by, a.decided_at, a.decided_why
from case_adjustments a left join accounts asker on asker.account_id = a.asked_by left join accounts unit on unit.account_id = a.unit_by
left join accounts decider on decider.account_id = a.decided_by
where a.case_number = :case_number order by a.adjustment_id;

-- name: adjustments_pending
-- The case's own row is locked before: nobody else decides meanwhile.
select * from case_adjustments where case_number = :case_number and stage in ('asked', 'unit_agreed') order by adjustment_id;

-- name: adjustments_ask^
insert into case_adjustments (case_number, area, kind, stage, until_at, reason, asked_at, asked_by)
values (:case_number, :area, :kind, 'asked', :until_at, :reason, :now, :by_id) returning adjustment_id;

-- name: adjustments_save!
update case_adjustments set stage = :stage, unit_by = :unit_by, unit_at = :unit_at, decided_by = :decided_by, decided_at = :decided_at,
    decided_why = :decided_why, version = version + 1
where adjustment_id = :adjustment_id and version = :version;

-- name: adjustments_late
-- Whatever waits when the deadline comes has come too late; a clock that stands comes to none.
select a.case_number, c.area, c.version from case_adjustments a join cases c using (case_number)
where a.stage in ('asked', 'unit_agreed') and c.due_at <= :now and c.paused_at is null
  and not exists (select from sweep_faults f where f.part = 'requests' and f.key = c.case_number and f.version = c.version and f.again_at > :now)
order by a.case_number limit :limit for update of c skip locked;

-- name: adjustments_suspended_over
-- Without those that failed as they are and wait (`store.sweep_faults`): they must not stand in the way of the others.
select c.case_number, c.version from cases c
where c.stage = 'suspended' and c.suspended_until <= :now
  and not exists (select from sweep_faults f where f.part = 'suspensions' and f.key = c.case_number and f.version = c.version and f.again_at > :now)
order by c.suspended_until, c.case_number limit :limit for update skip locked;
