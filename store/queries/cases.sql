-- name: cases_list
select to_jsonb(v) as shape from live_cases v
where v.area like any(cast(:areas as text[])) and v.area like :area
  and (cast(:after_number as text) is null or (v.opened_at, v.number) < (cast(:after_at as timestamptz), cast(:after_number as text)))
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:class_code as text) is null or v.class_code = :class_code)
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:handler_id as integer) is null or v.handler_id = :handler_id)
  and (cast(:incident_id as bigint) is null or v.incident_id = :incident_id)
  and (cast(:overdue as boolean) is null or v.overdue = :overdue)
  and v.opened_at >= :since and v.opened_at < :until
order by v.opened_at desc, v.number desc limit :limit;

-- name: cases_lock^
select case_number, title, class_code, severity, stage, area, cell_id, address, duty_grid, handler_id, handled_by, incident_id, due_at, opened_at, overdue_at, finished_at, version
from cases where case_number = :case_number and area like any(cast(:areas as text[])) for update;

-- name: cases_serial^
insert into case_serials as s (prefix, serial) values (:prefix, 1)
on conflict (prefix) do update set serial = s.serial + 1
returning serial;

-- name: cases_add!
insert into cases (case_number, title, text, class_code, severity, stage, area, cell_id, lon, lat, address, duty_grid, incident_id, alert_id, report_id,
    opened_at, due_at, updated_at, drill, simulated)
values (:case_number, :title, :text, :class_code, :severity, 'reported', :area, :cell_id, :lon, :lat, :address,
    (select duty_grid from cells where cell_id = :cell_id), :incident_id, :alert_id, :report_id, :now, :due_at, :now, :drill, :simulated);

-- name: cases_save!
update cases set stage = :stage, handler_id = :handler_id, handled_by = :handled_by, finished_at = :finished_at, closed_at = :closed_at,
    overdue_at = coalesce(overdue_at, cast(:overdue_at as timestamptz)), updated_at = :now, version = version + 1
where case_number = :case_number and version = :version;

-- name: cases_open_for_source^
select case_number from cases
where stage <> all(cast(:ended as text[])) and (alert_id = cast(:alert_id as bigint) or report_id = cast(:report_id as bigint)) limit 1;

-- name: cases_photos_after^
-- Of this round of work: a picture from before the last dispatch or rework shows what was not good enough.
select count(*) as photos from media
where case_number = :case_number and role = 'after'
  and created_at >= coalesce((select max(at) from audit where noun = 'case' and key = :case_number and act in ('dispatch', 'rework')), '-infinity');

-- name: cases_handled
-- Also by the case itself: the audit is kept for a time, a case for ever.
select case_number as number from cases c
where case_number = any(cast(:numbers as text[]))
  and (handled_by = :account_id or exists (
      select from audit a where a.noun = 'case' and a.key = c.case_number and a.account_id = :account_id and a.act = any(cast(:acts as text[]))));

-- name: cases_media
select media_id, kind, bytes, role, lon, lat, taken_at, created_at, ended_at, ended_why from media where case_number = :case_number order by created_at, media_id;

-- name: cases_overdue
select case_number, handler_id, area, title, severity, due_at from cases
where due_at <= :now and overdue_at is null and closed_at is null and (finished_at is null or finished_at > due_at) order by case_number limit :limit for update skip locked;

-- name: cases_mark_overdue!
update cases set overdue_at = :now, updated_at = :now, version = version + 1 where case_number = :case_number;

-- name: cases_worker_of_cell^
select g.code as duty_grid, a.account_id, a.title
from cells c join duty_grids g on g.code = c.duty_grid join accounts a on a.account_id = g.worker_id
where c.cell_id = :cell_id and a.disabled_at is null;

-- name: cases_account^
select account_id, login, title, role, areas from accounts
where disabled_at is null and (account_id = cast(:account_id as integer) or login = cast(:login as text));

-- name: cases_counts^
select count(*) filter (where opened_at >= :since and opened_at < :until) as opened,
       count(*) filter (where due_at >= :since and due_at < :until) as due,
       count(*) filter (where due_at >= :since and due_at < :until and stage = 'closed') as closed_of_due,
       count(*) filter (where due_at >= :since and due_at < :until and stage = 'closed' and overdue_at is null) as closed_in_time,
       count(*) filter (where due_at >= :since and due_at < :until and finished_at <= due_at) as finished_in_time
from cases
where stage <> 'voided' and not drill and area like any(cast(:areas as text[])) and area like :area;

-- name: cases_counts_of_acts^
select count(distinct key) filter (where act = 'register') as registered, count(distinct key) filter (where act = 'open') as reported,
       count(distinct key) filter (where act = 'rework') as reworked
from audit
where noun = 'case' and at >= :since and at < :until and area like any(cast(:areas as text[])) and area like :area
  and not exists (select from cases c where c.case_number = audit.key and c.drill);
