-- Expedite orders (督办). What a reader sees of them follows from the case: its area, its unit, its handler.

-- name: orders_list
select o.order_id as id, o.case_number, o.stage, o.text, o.issued_at, o.issued_name, o.due_at, o.overdue_at is not null as overdue, o.feedback, o.fed_back_at,
       o.fed_back_name, o.returns, o.ended_at, o.ended_why, o.updated_at, o.drill, o.simulated, o.version,
       o.unit_id, u.name as unit, u.name_en as unit_en, c.title, c.area, c.class_code, c.severity, c.stage as case_stage, c.due_at as case_due_at, c.reopens, c.lon, c.lat,
       c.lead_unit, c.handler_id
from expedite_orders o join cases c using (case_number) left join units u on u.unit_id = o.unit_id
where c.area like any(cast(:areas as text[])) and c.area like :area and o.order_id < :after
  and (cast(:order_id as bigint) is null or o.order_id = :order_id)
  and (cast(:stages as text[]) is null or o.stage = any(cast(:stages as text[])))
  and (cast(:case_number as text) is null or o.case_number = :case_number)
  and (cast(:unit_id as integer) is null or o.unit_id = :unit_id)
  and (cast(:overdue as boolean) is null or (o.overdue_at is not null) = :overdue)
  and o.issued_at >= :since and o.issued_at < :until
order by o.order_id desc limit :limit;

-- name: orders_lock^
select o.*, c.area, c.title, c.severity, c.handler_id, c.lead_unit
from expedite_orders o join cases c using (case_number)
where o.order_id = :order_id and c.area like any(cast(:areas as text[])) for update of o;

-- name: orders_add$
insert into expedite_orders (case_number, text, unit_id, issued_at, issued_by, issued_name, due_at, updated_at, drill, simulated)
select case_number, :text, lead_unit, :now, :account_id, :name, :due_at, :now, drill, simulated from cases where case_number = :case_number
returning order_id;

-- name: orders_save!
update expedite_orders
set stage = :stage, feedback = :feedback, fed_back_at = :fed_back_at, fed_back_by = :fed_back_by, fed_back_name = :fed_back_name, returns = :returns,
    due_at = :due_at, overdue_at = :overdue_at, ended_at = :ended_at, ended_by = :ended_by, ended_why = :ended_why, updated_at = :now, version = version + 1
where order_id = :order_id and version = :version;

-- name: orders_overdue
-- Those that wait for an answer and had none in time; what was answered waits for whoever issued it, of an ended case nobody owes one.
select o.order_id, o.case_number, o.issued_by, o.due_at, o.drill, o.simulated, c.area, c.title, c.severity, c.handler_id, c.lead_unit
from expedite_orders o join cases c using (case_number)
where o.due_at <= :now and o.overdue_at is null and o.ended_at is null and o.stage = 'issued' and c.closed_at is null
order by o.order_id limit :limit for update of o skip locked;

-- name: orders_mark_overdue*!
update expedite_orders set overdue_at = :now, updated_at = :now, version = version + 1 where order_id = :order_id;

-- name: ledger_units_of
-- The own unit and those above it.
with recursive mine as (
    select u.unit_id, u.parent_id from accounts a join units u using (unit_id) where a.account_id = :account_id
    union select u.unit_id, u.parent_id from units u join mine on u.unit_id = mine.parent_id)
select unit_id from mine;

-- name: ledger_unit^
select unit_id, code, name, area from units where disabled_at is null and (unit_id = cast(:unit_id as integer) or code = cast(:code as text));
