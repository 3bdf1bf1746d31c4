-- name: cases_list
-- `open`: only stages that have not ended are asked for, so that a partial index can be walked. A text is looked for in what people write of a case.
-- Shapes are made for the page only, not for all that must be sorted; a text without letters of two cases is not folded a hundred thousand times.
with page as (
select v.number, v.opened_at from live_cases v
where v.area like any(cast(:areas as text[])) and v.area like :area
  and (cast(:after_number as text) is null or (v.opened_at, v.number) < (cast(:after_at as timestamptz), cast(:after_number as text)))
  and (cast(:open as boolean) is not true or v.closed_at is null)
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:class_code as text) is null or v.class_code = :class_code)
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:handler_id as integer) is null or v.handler_id = :handler_id)
  and (cast(:incident_id as bigint) is null or v.incident_id = :incident_id)
  and (cast(:overdue as boolean) is null or v.overdue = :overdue)
  and (cast(:unit as text) is null or v.lead_unit = any(array(
        with recursive below as (
            select u.unit_id from units u where u.code = :unit or u.unit_id::text = :unit
            union select u.unit_id from below b join units u on u.parent_id = b.unit_id)
        select unit_id from below)))
  and (cast(:source as text) is null or v.source = :source)
  and (cast(:parent as text) is null or v.parent_number = :parent)
  and (cast(:light as text) is null or v.closed_at is null and v.due_at is not null
       and (:light <> 'red' or v.overdue or (v.paused_at is null and v.due_at <= :now))
       and (:light <> 'yellow' or (not v.overdue and v.paused_at is null and v.due_at > :now and v.yellow_at <= :now))
       and (:light <> 'green' or (not v.overdue and (v.paused_at is not null or (v.due_at > :now and coalesce(v.yellow_at > :now, true))))))
  and (cast(:text as text) is null
       or (:text = upper(:text) and (strpos(v.title, :text) > 0 or strpos(v.address, :text) > 0 or strpos(v.text, :text) > 0))
       or (:text <> upper(:text) and strpos(lower(concat_ws(' ', v.title, v.address, v.text)), :text) > 0)
       or starts_with(v.number, :text) or v.global_number = :text)
  and v.opened_at >= :since and v.opened_at < :until
order by v.opened_at desc, v.number desc limit :limit)
select to_jsonb(v) as shape from page p join live_cases v using (number) order by p.opened_at desc, p.number desc;

-- name: cases_walk^
-- Behind row security the planner may not look at the statistics of `area`: it believes that next to nothing fits, and sorts a hundred thousand.
select set_config('enable_sort', :sort, true), set_config('max_parallel_workers_per_gather', :parallel, true);

-- name: cases_lock^
select * from cases where case_number = :case_number and area like any(cast(:areas as text[])) for update;

-- name: cases_lock_all
-- In one order, so that no two who lock the same ones wait for each other.
select case_number from cases where case_number = any(cast(:numbers as text[])) and area like any(cast(:areas as text[])) order by case_number for update;

-- name: cases_serial^
insert into case_serials as s (prefix, serial) values (:prefix, 1)
on conflict (prefix) do update set serial = s.serial + 1
returning serial;

-- name: cases_add!
insert into cases (case_number, title, text, class_code, condition_no, severity, urgent, stage, source, area, level, cell_id, lon, lat, address, duty_grid,
    component_code, global_number, parent_number, incident_id, alert_id, report_id, opened_at, due_at, updated_at, drill, simulated)
values (:case_number, :title, :text, :class_code, :condition_no, :severity, :urgent, 'reported', :source, :area, :level, :cell_id, :lon, :lat, :address,
    (select duty_grid from cells where cell_id = :cell_id), :component_code, :global_number, :parent_number, :incident_id, :alert_id, :report_id,
    :now, :due_at, :now, :drill, :simulated);

-- name: cases_save!
-- `changes`: columns by name; what it does not name stays. What an update does not change costs no index.
update cases c set (
        stage, kept_stage, handler_id, handled_by, lead_unit, routed_by, parent_number, global_number, level, area, cell_id, duty_grid, class_code, condition_no,
        due_at, overdue_at, registered_at, dispatched_at, taken_at, arrived_at, finished_at, fed_back_at, checked_at, checked_by, closed_at,
        suspended_at, suspended_until, collector_id, late_rounds, send_backs, reworks, extensions, suspensions, expedites, reminds, reopens) = (
    select r.stage, r.kept_stage, r.handler_id, r.handled_by, r.lead_unit, r.routed_by, r.parent_number, r.global_number, r.level, r.area, r.cell_id, r.duty_grid,
        r.class_code, r.condition_no,
        r.due_at, r.overdue_at, r.registered_at, r.dispatched_at, r.taken_at, r.arrived_at, r.finished_at, r.fed_back_at, r.checked_at, r.checked_by, r.closed_at,
        r.suspended_at, r.suspended_until, r.collector_id, r.late_rounds, r.send_backs, r.reworks, r.extensions, r.suspensions, r.expedites, r.reminds, r.reopens
    from jsonb_populate_record(c, cast(:changes as jsonb)) r), updated_at = :now, version = version + 1
where case_number = :case_number and version = :version;

-- name: cases_open_for_source^
-- Whether there is one asks the whole city, its number is for who may read it (else null).
select (select case_number from cases
        where stage <> all(cast(:ended as text[])) and (alert_id = cast(:alert_id as bigint) or report_id = cast(:report_id as bigint)) limit 1) as case_number
where has_case(cast(:alert_id as bigint), cast(:report_id as bigint), cast(:ended as text[]));

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
      select from audit a where a.noun = 'case' and a.key = c.case_number and a.account_id = :account_id and a.act = any(cast(:acts as text[]))
        and a.role = any(cast(:roles as text[]))));

-- name: cases_media
select media_id, kind, bytes, role, seconds, lon, lat, taken_at, created_at, created_by, ended_at, ended_why from media where case_number = :case_number order by created_at, media_id;

-- name: cases_worker_of_cell^
select g.code as duty_grid, a.account_id, a.title
from cells c join duty_grids g on g.code = c.duty_grid join accounts a on a.account_id = g.worker_id
where c.cell_id = :cell_id and a.disabled_at is null;

-- name: cases_account^
select account_id, login, title, role, areas, unit_id from accounts
where disabled_at is null and (account_id = cast(:account_id as integer) or login = cast(:login as text));

-- name: cases_units_of
-- The own unit and those above it.
with recursive mine as (
    select u.unit_id, u.parent_id from accounts a join units u using (unit_id) where a.account_id = :account_id
    union select u.unit_id, u.parent_id from mine m join units u on u.unit_id = m.parent_id)
select unit_id from mine;

-- name: cases_unit^
select unit_id, code, name, area from units
where disabled_at is null and (unit_id = cast(:unit_id as integer) or code = cast(:code as text));

-- name: cases_unit_names
select unit_id, code, name, name_en from units where unit_id = any(cast(:ids as integer[]));

-- name: cases_unit_people
-- Who is told of what goes to a unit: those who handle there; of its teams too.
with recursive below as (
    select unit_id from units where unit_id = :unit_id union select u.unit_id from below b join units u on u.parent_id = b.unit_id)
select a.account_id from accounts a join below using (unit_id)
where a.disabled_at is null and a.role = 'handler' order by a.account_id;

-- name: cases_secret^
-- What the confidential ticket says that a case came of.
select r.title, r.text from cases c left join alerts a using (alert_id) left join hotline_tickets t on t.case_number = c.case_number and t.confidential
join reports r on r.report_id in (c.report_id, a.report_id, t.report_id)
where c.case_number = :case_number and r.extra ->> 'confidential' = 'true'
order by r.report_id is not distinct from c.report_id desc, r.report_id limit 1;

-- name: cases_children
select case_number as number, title, stage, area, lead_unit, handler_id, due_at, overdue_at is not null as overdue from cases
where parent_number = :case_number order by case_number;

-- name: cases_open_child^
-- As cases_open_for_source.
select (select case_number from cases where parent_number = :case_number and stage <> all(cast(:ended as text[])) limit 1) as case_number
where has_child(:case_number, cast(:ended as text[]));

-- name: cases_has_child$
select has_child(:case_number, '{}');

-- name: cases_supports
select s.unit_id as unit, u.code, u.name, u.name_en, s.stage, s.asked_at, s.note, s.ended_at, a.title as ended_by
from case_supports s join units u using (unit_id) left join accounts a on a.account_id = s.ended_by
where s.case_number = :case_number order by s.asked_at, s.unit_id;

-- name: cases_supported
-- Which of these ask for the unit's feedback because others took part.
select distinct case_number as number from case_supports where case_number = any(cast(:numbers as text[])) and stage <> 'refused';

-- name: cases_support_ask!
-- One that was done or refused is asked again.
insert into case_supports as s (case_number, unit_id, area, asked_at) values (:case_number, :unit_id, :area, :now)
on conflict (case_number, unit_id) do update set stage = 'asked', asked_at = excluded.asked_at, note = '', ended_at = null, ended_by = null
where s.stage <> 'asked';

-- name: cases_support_end!
update case_supports set stage = :stage, note = :note, ended_at = :now, ended_by = :by_id
where case_number = :case_number and unit_id = :unit_id and stage = 'asked';

-- name: cases_area_known$
select exists (select from areas where code = :area);

-- name: cases_transfer_beside!
-- What stands beside a case is read where the case is.
with supports as (update case_supports set area = :area where case_number = :case_number and area <> :area),
     adjustments as (update case_adjustments set area = :area where case_number = :case_number and area <> :area)
update case_routes set area = :area where case_number = :case_number and area <> :area;
