-- The dispatch desk's queue of all open cases: pages of a tab in the order of urgency, and how many each tab and light holds.

-- name: case_queue_page
-- What is not registered yet goes by its gravity first: nobody has promised anything for it. Shapes are made for the page only.
with found as (
    select c.case_number, coalesce(c.due_at, timestamptz '2200-01-01 00:00:00+00') as due,
           case when :tab = 'register' then c.severity else light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) end as rank
    from cases c
    where c.closed_at is null and c.area like any(cast(:areas as text[])) and c.area like :area
      and (cast(:stages as text[]) is null or c.stage = any(cast(:stages as text[])))
      and (:tab <> 'returned' or c.send_backs > 0)
      and (:tab <> 'overdue' or light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = 0)
      and (:tab <> 'adjust' or c.case_number in (select a.case_number from case_adjustments a where a.stage in ('asked', 'unit_agreed')))
      and (cast(:light as integer) is null or light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = :light)
      and (cast(:class_code as text) is null or c.class_code = :class_code)
      and (cast(:source as text) is null or c.source = :source)
      and (cast(:units as integer[]) is null or c.lead_unit = any(cast(:units as integer[])))
      and (cast(:text as text) is null or strpos(lower(concat_ws(' ', c.case_number, c.title, c.address)), :text) > 0)),
page as (
    select * from found where cast(:after_rank as integer) is null or (rank, due, case_number) > (:after_rank, cast(:after_due as timestamptz), :after_number)
    order by rank, due, case_number limit :limit)
select p.rank, p.due, to_jsonb(v) as shape from page p join live_cases v on v.number = p.case_number order by p.rank, p.due, p.case_number;

-- name: case_queue_counts^
-- The light of each is worked out once (offset 0 keeps it so).
select count(*) as open,
       count(*) filter (where stage = any(cast(:register as text[]))) as register, count(*) filter (where stage = any(cast(:dispatch as text[]))) as dispatch,
       count(*) filter (where stage = any(cast(:returned as text[])) and send_backs > 0) as returned,
       count(*) filter (where stage = any(cast(:work as text[]))) as work, count(*) filter (where stage = any(cast(:checked as text[]))) as "check",
       count(*) filter (where asked) as adjust,
       count(*) filter (where light = 0) as red, count(*) filter (where light = 1) as yellow, count(*) filter (where light = 2) as green,
       count(*) filter (where light = 3) as paused, count(*) filter (where light = 4) as none
from (
    select c.stage, c.send_backs, light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) as light,
           c.case_number in (select a.case_number from case_adjustments a where a.stage in ('asked', 'unit_agreed')) as asked
    from cases c
    where c.closed_at is null and c.area like any(cast(:areas as text[])) and c.area like :area
      and (cast(:class_code as text) is null or c.class_code = :class_code)
      and (cast(:source as text) is null or c.source = :source)
      and (cast(:units as integer[]) is null or c.lead_unit = any(cast(:units as integer[])))
      and (cast(:text as text) is null or strpos(lower(concat_ws(' ', c.case_number, c.title, c.address)), :text) > 0)
    offset 0) found where cast(:light as integer) is null or light = :light;
