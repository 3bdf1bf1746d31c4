-- The dispatch desk's queue of all open cases: pages of a tab in the order of urgency, and how many each tab and light holds.

-- name: case_queue_walk
-- Numbers in the order of the queue. With `by_light`, of one light: `of_stage`, `clocks`, `since` and `until` name stretches of its index, each read
-- no further than the page is long, and the law of the light holds beside for every row. Without, of all that fit: what is to be registered by its gravity,
-- for nobody has promised anything for it yet, in the order of an index too; else all are sorted. What stands fast (by_light, dated, what is not
-- asked) is gone before the query is planned.
select found.* from unnest(cast(:of_stage as text[]), cast(:clocks as integer[]), cast(:since as timestamptz[]), cast(:until as timestamptz[])) s (stage, clock, since, until)
cross join lateral (
    select case when :tab = 'register' then c.severity when cast(:by_light as boolean) then cast(:light as integer)
                else light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) end as rank,
           coalesce(c.due_at, timestamptz '2200-01-01 00:00:00+00') as due, c.case_number as number
    from cases c
    where c.closed_at is null
      and case when not cast(:by_light as boolean) then true
               when cast(:dated as boolean) then c.stage = s.stage and clock_of(c.due_at, c.overdue_at, c.paused_at) = s.clock and c.due_at between s.since and s.until
               else c.stage = s.stage and clock_of(c.due_at, c.overdue_at, c.paused_at) = s.clock and c.due_at is null end
      and case when cast(:after_number as text) is null then true
               when cast(:by_light as boolean) and cast(:dated as boolean) then (c.due_at, c.case_number) > (cast(:after_due as timestamptz), :after_number)
               when cast(:by_light as boolean) then c.case_number > :after_number
               when :tab = 'register' then c.severity >= cast(:after_rank as integer)
                    and (c.severity, coalesce(c.due_at, timestamptz '2200-01-01 00:00:00+00'), c.case_number) > (cast(:after_rank as integer), cast(:after_due as timestamptz), :after_number)
               else (light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now), coalesce(c.due_at, timestamptz '2200-01-01 00:00:00+00'), c.case_number)
                    > (cast(:after_rank as integer), cast(:after_due as timestamptz), :after_number) end
      and c.area like any(cast(:areas as text[])) and (cast(:area as text) is null or c.area like :area)
      and (cast(:by_light as boolean) or cast(:stages as text[]) is null or c.stage = any(cast(:stages as text[])))
      and (:tab <> 'returned' or c.send_backs > 0)
      and (:tab <> 'adjust' or c.case_number = any(array(select a.case_number from case_adjustments a where a.stage in ('asked', 'unit_agreed'))))
      and (cast(:light as integer) is null or light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = :light)
      and (cast(:class_code as text) is null or c.class_code = :class_code)
      and (cast(:source as text) is null or c.source = :source)
      and (cast(:units as integer[]) is null or c.lead_unit = any(cast(:units as integer[])))
      and (cast(:text as text) is null or strpos(case when :text = upper(:text) then concat_ws(' ', c.case_number, c.title, c.address)
           else lower(concat_ws(' ', c.case_number, c.title, c.address)) end, :text) > 0)
    order by case when :tab = 'register' then c.severity end,
             case when :tab <> 'register' and not cast(:by_light as boolean)
                  then light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) end,
             case when not cast(:by_light as boolean) then coalesce(c.due_at, timestamptz '2200-01-01 00:00:00+00') end,
             case when cast(:by_light as boolean) then c.due_at end, c.case_number limit :limit) found
order by rank, due, number limit :limit;

-- name: case_queue_counts^
-- One pass over the index into a handful of groups, whose sums the tabs and lights are; with a request that waits are few, and counted by themselves.
with fits as not materialized (
    select c.case_number, c.stage, c.send_backs > 0 as sent_back, light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) as light
    from cases c
    where c.closed_at is null and c.area like any(cast(:areas as text[])) and (cast(:area as text) is null or c.area like :area)
      and (cast(:class_code as text) is null or c.class_code = :class_code)
      and (cast(:source as text) is null or c.source = :source)
      and (cast(:units as integer[]) is null or c.lead_unit = any(cast(:units as integer[])))
      and (cast(:text as text) is null or strpos(case when :text = upper(:text) then concat_ws(' ', c.case_number, c.title, c.address)
           else lower(concat_ws(' ', c.case_number, c.title, c.address)) end, :text) > 0)),
found as (
    select stage, sent_back, light, cast(count(*) as integer) as n from fits where cast(:light as integer) is null or light = :light group by stage, sent_back, light)
select coalesce(sum(n), 0) as open,
       coalesce(sum(n) filter (where stage = any(cast(:register as text[]))), 0) as register,
       coalesce(sum(n) filter (where stage = any(cast(:dispatch as text[]))), 0) as dispatch,
       coalesce(sum(n) filter (where stage = any(cast(:returned as text[])) and sent_back), 0) as returned,
       coalesce(sum(n) filter (where stage = any(cast(:work as text[]))), 0) as work,
       coalesce(sum(n) filter (where stage = any(cast(:checked as text[]))), 0) as "check",
       (select count(*) from fits where (cast(:light as integer) is null or light = :light) and case_number = any(array(
            select a.case_number from case_adjustments a where a.stage in ('asked', 'unit_agreed')))) as adjust,
       coalesce(sum(n) filter (where light = 0), 0) as red, coalesce(sum(n) filter (where light = 1), 0) as yellow,
       coalesce(sum(n) filter (where light = 2), 0) as green, coalesce(sum(n) filter (where light = 3), 0) as paused,
       coalesce(sum(n) filter (where light = 4), 0) as none
from found;

-- name: case_queue_totals^
-- The same where nothing but the area and the light is asked for: stretch by stretch of the index no row needs a group, and what stands still no clock.
with found as (
    select stage, clock, n, sent_back, late, yellow
    from unnest(cast(:of_stage as text[])) s (stage) cross join unnest(cast(:clocks as integer[])) k (clock)
    cross join lateral (
        select count(*) as n, count(*) filter (where c.send_backs > 0) as sent_back, count(*) filter (where c.due_at <= :now) as late,
               count(*) filter (where c.due_at > :now and light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = 1) as yellow
        from cases c
        where c.closed_at is null and c.stage = s.stage and clock_of(c.due_at, c.overdue_at, c.paused_at) = k.clock
          and c.area like any(cast(:areas as text[])) and (cast(:area as text) is null or c.area like :area)
          and (cast(:light as integer) is null or light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = :light)) counted)
select cast(coalesce(sum(n), 0) as integer) as open,
       cast(coalesce(sum(n) filter (where stage = any(cast(:register as text[]))), 0) as integer) as register,
       cast(coalesce(sum(n) filter (where stage = any(cast(:dispatch as text[]))), 0) as integer) as dispatch,
       cast(coalesce(sum(sent_back) filter (where stage = any(cast(:returned as text[]))), 0) as integer) as returned,
       cast(coalesce(sum(n) filter (where stage = any(cast(:work as text[]))), 0) as integer) as work,
       cast(coalesce(sum(n) filter (where stage = any(cast(:checked as text[]))), 0) as integer) as "check",
       (select count(*) from cases c
        where c.closed_at is null and c.area like any(cast(:areas as text[])) and (cast(:area as text) is null or c.area like :area)
          and (cast(:light as integer) is null or light_of(c.due_at, c.yellow_at, c.overdue_at, c.paused_at, c.opened_at, :now) = :light)
          and c.case_number = any(array(select a.case_number from case_adjustments a where a.stage in ('asked', 'unit_agreed')))) as adjust,
       cast(coalesce(sum(case clock when 0 then n when 1 then late end), 0) as integer) as red,
       cast(coalesce(sum(yellow) filter (where clock = 1), 0) as integer) as yellow,
       cast(coalesce(sum(n - late - yellow) filter (where clock = 1), 0) as integer) as green,
       cast(coalesce(sum(n) filter (where clock in (3, 5)), 0) as integer) as paused, cast(coalesce(sum(n) filter (where clock = 4), 0) as integer) as none
from found;
