-- ── row sets: late once is late for ever, and expedite orders (督办) are rows of their own ──────────────────────────
-- As in 0034, but that a case opened again keeps that it was late; bits 23 and 24 are of orders and no case has them.
create or replace function case_sets(c cases, since timestamptz, until timestamptz, as_of timestamptz) returns integer language sql stable parallel safe as $$
    select (c.opened_at >= since and c.opened_at < until)::integer
        | (coalesce((c.registered_at >= since and c.registered_at < until)::integer, 0) << 1)
        | (coalesce((c.dispatched_at >= since and c.dispatched_at < until)::integer, 0) << 2)
        | (coalesce((c.due_at >= since and c.due_at < until)::integer, 0) << 3)
        | (coalesce((c.finished_at >= since and c.finished_at < until)::integer, 0) << 4)
        | (coalesce((c.closed_at >= since and c.closed_at < until)::integer, 0) << 5)
        | ((c.registered_at is not null)::integer << 6)
        | ((c.dispatched_at is not null)::integer << 7)
        | ((c.taken_at is not null and c.taken_at >= c.dispatched_at)::integer << 8)
        | ((c.finished_at is not null)::integer << 9)
        | ((c.stage in ('closed', 'force_closed'))::integer << 10)
        | ((c.stage = 'force_closed')::integer << 11)
        | ((c.stage in ('voided', 'declined'))::integer << 12)
        | ((c.closed_at is null)::integer << 13)
        | ((c.stage = 'suspended')::integer << 14)
        | ((c.overdue_at is null and c.late_rounds = 0
            and coalesce(c.finished_at, c.closed_at, least(c.paused_at, as_of)) <= coalesce(c.due_at, 'infinity'))::integer << 15)
        | (coalesce((c.closed_at <= c.due_at)::integer, 0) << 16)
        | ((c.finished_at is null and c.closed_at is null and c.overdue_at is null and c.late_rounds = 0
            and least(c.paused_at, as_of) <= coalesce(c.due_at, 'infinity'))::integer << 17)
        | ((c.reworks > 0)::integer << 18)
        | ((c.send_backs > 0)::integer << 19)
        | ((c.expedites > 0)::integer << 20)
        | ((c.extensions > 0)::integer << 21)
        | ((c.reopens > 0)::integer << 22)
$$;

-- Of an ended case nobody owes an answer; what was withdrawn was never demanded.
create function order_sets(o expedite_orders, case_closed_at timestamptz) returns integer language sql stable parallel safe as $$
    select ((o.stage <> 'withdrawn')::integer << 23) | ((o.stage = 'issued' and case_closed_at is null)::integer << 24)
$$;

-- An order belongs to the unit that led the case when it was issued, else to whom and where its case does; its id names the case first.
create or replace function indicator_cases(since timestamptz, until timestamptz, as_of timestamptz) returns table (
    id text, sets integer, unit text, area text, grid text, worker text, class_code text, source text, rule text,
    taking interval, handling interval, closing interval, title text, stage text, opened_at timestamptz, due_at timestamptz, finished_at timestamptz, closed_at timestamptz
) language sql stable parallel safe as $$
    select c.case_number, case_sets(c, since, until, as_of), c.lead_unit::text, c.area, c.duty_grid, coalesce(c.handled_by, c.handler_id)::text,
           c.class_code, c.source, c.routed_by, c.taken_at - c.dispatched_at, c.finished_at - c.dispatched_at, c.closed_at - c.opened_at,
           c.title, c.stage, c.opened_at, c.due_at, c.finished_at, c.closed_at
    from cases c
    where not c.drill and (
        (c.opened_at >= since and c.opened_at < until) or (c.registered_at >= since and c.registered_at < until)
        or (c.dispatched_at >= since and c.dispatched_at < until) or (c.due_at >= since and c.due_at < until)
        or (c.finished_at >= since and c.finished_at < until) or (c.closed_at >= since and c.closed_at < until))
    union all
    select c.case_number || '#' || o.order_id, order_sets(o, c.closed_at), coalesce(o.unit_id, c.lead_unit)::text, c.area, c.duty_grid,
           coalesce(c.handled_by, c.handler_id)::text, c.class_code, c.source, c.routed_by, null::interval, null::interval, null::interval,
           c.title, o.stage, o.issued_at, o.due_at, o.fed_back_at, o.ended_at
    from expedite_orders o join cases c using (case_number)
    where not o.drill and not c.drill and o.issued_at >= since and o.issued_at < until
$$;

-- ── frozen reports keep the words of their day, and the rows of the periods they were compared with ────────────────
-- Null of what was frozen before: there the case tells them as it is now.
alter table evaluation_rows
    add column span     text not null default 'period' check (span in ('period', 'before', 'year_before')),
    add column titles   text[],
    add column stages   text[],
    add column opened   timestamptz[],
    add column due      timestamptz[],
    add column finished timestamptz[],
    add column closed   timestamptz[],
    drop constraint evaluation_rows_pkey,
    add primary key (evaluation_id, span, chunk);
