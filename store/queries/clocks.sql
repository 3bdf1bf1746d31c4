-- Work days, class standards and the clocks of cases. Whoever writes a clock holds its case's row.

-- name: clocks_work_days
select day, works from work_days order by day;

-- name: clocks_save_work_day*!
insert into work_days (day, works, note) values (:day, :works, :note)
on conflict (day) do update set works = excluded.works, note = excluded.note;

-- name: clocks_forget_work_days!
delete from work_days where day >= :since and day < :until;

-- name: clocks_of
select clock, round, amount, unit, basis, extended, opened_at, started_at, consumed, running_since, paused_at, paused_for, due_at, yellow_at,
       warned_at, overdue_at, ended_at, ran, calendar
from case_clocks where case_number = :case_number order by opened_at, clock, round;

-- name: clocks_case^
-- Events and components count their classes each for themselves: of a component's class is a case that bears that very code.
select case_number, class_code, condition_no, component_code,
       exists (select from components k where k.code = c.component_code and k.class_code = c.class_code) as of_component, stage, kept_stage, area, title, severity, handler_id, lead_unit,
       overdue_at, due_at, drill, simulated
from cases c where case_number = :case_number;

-- name: clocks_put*!
insert into case_clocks (case_number, clock, round, amount, unit, basis, extended, opened_at, started_at, consumed, running_since, paused_at, paused_for,
    due_at, yellow_at, warned_at, overdue_at, ended_at, ran, calendar)
values (:case_number, :clock, :round, :amount, :unit, :basis, :extended, :opened_at, :started_at, :consumed, :running_since, :paused_at, :paused_for,
    :due_at, :yellow_at, :warned_at, :overdue_at, :ended_at, :ran, :calendar)
on conflict (case_number, clock, round) do update set amount = excluded.amount, unit = excluded.unit, basis = excluded.basis,
    extended = excluded.extended, started_at = excluded.started_at, consumed = excluded.consumed, running_since = excluded.running_since,
    paused_at = excluded.paused_at, paused_for = excluded.paused_for, due_at = excluded.due_at, yellow_at = excluded.yellow_at,
    warned_at = excluded.warned_at, overdue_at = excluded.overdue_at, ended_at = excluded.ended_at, ran = excluded.ran, calendar = excluded.calendar;

-- name: clocks_set_case!
update cases set due_at = :due_at, yellow_at = :yellow_at, paused_at = :paused_at, urgent = coalesce(:urgent, urgent), overdue_at = :overdue_at
where case_number = :case_number;

-- name: clocks_take_overdue
-- In the order of the index: what is marked is late and what is late is marked, but the planner takes one for independent of the other
-- and would look for five hundred among all cases when there are none.
select c.case_number from case_clocks k join cases c using (case_number)
where k.running_since is not null and k.overdue_at is null and k.due_at <= :now
order by k.due_at limit :limit for update of c skip locked;

-- name: clocks_take_yellow
select c.case_number from case_clocks k join cases c using (case_number)
where k.running_since is not null and k.warned_at is null and k.overdue_at is null and k.yellow_at <= :now and k.due_at > :now
order by k.yellow_at limit :limit for update of c skip locked;

-- name: clocks_mark_overdue
-- The case's row is ours by now, but what was read while waiting for it may be old: only what still stands so is marked, and only that is told.
update case_clocks k set overdue_at = :now, warned_at = coalesce(k.warned_at, :now)
from cases c
where c.case_number = k.case_number and k.case_number = any(:numbers) and k.running_since is not null and k.overdue_at is null and k.due_at <= :now
returning k.case_number, k.clock, k.round, k.due_at, k.extended, c.area, c.title, c.severity, c.handler_id, c.lead_unit, c.drill, c.simulated;

-- name: clocks_mark_yellow
update case_clocks k set warned_at = :now
from cases c
where c.case_number = k.case_number and k.case_number = any(:numbers)
  and k.running_since is not null and k.warned_at is null and k.overdue_at is null and k.yellow_at <= :now and k.due_at > :now
returning k.case_number, k.clock, k.round, k.due_at, k.extended, c.area, c.title, c.severity, c.handler_id, c.lead_unit, c.drill, c.simulated;

-- name: clocks_take_stale
-- Of another calendar than the present one, what is due first at first. Smaller or greater: "other than" would read the whole index each time.
select c.case_number from case_clocks k join cases c using (case_number)
where k.ended_at is null and k.unit in ('work_hours', 'work_days') and (k.calendar < :calendar or k.calendar > :calendar)
order by k.due_at limit :limit for update of c skip locked;

-- name: clocks_open_of
select k.case_number, k.clock, k.round, k.amount, k.unit, k.basis, k.extended, k.opened_at, k.started_at, k.consumed, k.running_since, k.paused_at, k.paused_for,
       k.due_at, k.yellow_at, k.warned_at, k.overdue_at, k.ended_at, k.ran, k.calendar, c.area
from case_clocks k join cases c using (case_number) where k.case_number = any(:numbers) and k.ended_at is null order by k.case_number, k.clock, k.round;

-- name: clocks_retime_cases*!
update cases set due_at = :due_at, yellow_at = :yellow_at, overdue_at = :overdue_at where case_number = :case_number;

-- name: clocks_touch_cases!
update cases set updated_at = :now, version = version + 1 where case_number = any(:numbers);

-- name: clocks_cases_overdue!
update cases set overdue_at = coalesce(overdue_at, :now), updated_at = :now, version = version + 1 where case_number = any(:numbers);

-- name: clocks_audit*!
insert into audit (at, actor, role, act, noun, key, area, detail) values (:now, 'system', 'system', :act, 'case', :case_number, :area, :detail);

-- name: clocks_outbox*!
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
values (:now, :dedupe_key, :target, :template, :payload, :severity, :now)
on conflict (dedupe_key) do nothing;
