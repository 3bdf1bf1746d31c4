-- Facts of cases and revisits for indicators, and frozen period reports.

-- ── moments that older cases lack: their audit tells them ─────────────────────────────────────────────────────────
update cases c set
    registered_at = coalesce(c.registered_at, a.registered_at), dispatched_at = coalesce(c.dispatched_at, a.dispatched_at),
    taken_at = coalesce(c.taken_at, a.taken_at), arrived_at = coalesce(c.arrived_at, a.arrived_at), checked_at = coalesce(c.checked_at, a.checked_at),
    reworks = greatest(c.reworks, a.reworks), send_backs = greatest(c.send_backs, a.send_backs)
from (
    select key, min(at) filter (where act = 'register') as registered_at, min(at) filter (where act = 'dispatch') as dispatched_at,
           max(at) filter (where act = 'take') as taken_at, max(at) filter (where act = 'arrive') as arrived_at, max(at) filter (where act = 'check') as checked_at,
           count(*) filter (where act = 'rework') as reworks, count(*) filter (where act = 'send_back') as send_backs
    from audit where noun = 'case' group by key
) a
where a.key = c.case_number and c.registered_at is null and a.registered_at is not null;

-- A period's cases are found by when they moved; cases stand in the order they came in, so a few kilobytes are enough to skip the others.
create index cases_moments on cases using brin (
    opened_at timestamptz_minmax_multi_ops, registered_at timestamptz_minmax_multi_ops, dispatched_at timestamptz_minmax_multi_ops,
    due_at timestamptz_minmax_multi_ops, finished_at timestamptz_minmax_multi_ops, closed_at timestamptz_minmax_multi_ops
) with (pages_per_range = 32, autosummarize = on);

-- ── row sets: one bit each, in the order of `core.row_sets`. Plain SQL that the planner takes apart: no call is left when it runs ─
-- A clock that stands since `paused_at` grows no later: `least` leaves out what is null.
create function case_sets(c cases, since timestamptz, until timestamptz, as_of timestamptz) returns integer language sql stable parallel safe as $$
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
        | ((c.overdue_at is null and coalesce(c.finished_at, c.closed_at, least(c.paused_at, as_of)) <= coalesce(c.due_at, 'infinity'))::integer << 15)
        | (coalesce((c.closed_at <= c.due_at)::integer, 0) << 16)
        | ((c.finished_at is null and c.closed_at is null and c.overdue_at is null and least(c.paused_at, as_of) <= coalesce(c.due_at, 'infinity'))::integer << 17)
        | ((c.reworks > 0)::integer << 18)
        | ((c.send_backs > 0)::integer << 19)
        | ((c.expedites > 0)::integer << 20)
        | ((c.extensions > 0)::integer << 21)
        | ((c.reopens > 0)::integer << 22)
$$;

create function revisit_sets(r revisits, since timestamptz, until timestamptz) returns integer language sql stable parallel safe as $$
    select (r.revisit_at >= since and r.revisit_at < until)::integer
        | (r.valid::integer << 1)
        | (coalesce(r.contacted, false)::integer << 2)
        | (coalesce(r.solved, false)::integer << 3)
        | (coalesce((r.satisfaction = 'satisfied')::integer, 0) << 4)
        | (coalesce((r.satisfaction = 'basically_satisfied')::integer, 0) << 5)
        | (coalesce((r.satisfaction = 'dissatisfied')::integer, 0) << 6)
$$;

-- Whom a row is counted for; null: nobody, which is a row of its own in every table of figures.
create function indicator_key(kind text, unit text, area text, grid text, worker text, class_code text, source text, rule text)
returns text language sql immutable parallel safe as $$
    select case kind
        when 'unit' then unit
        when 'district' then left(area, 6)
        when 'street' then case when length(area) >= 9 then left(area, 9) end
        when 'community' then case when length(area) >= 12 then left(area, 12) end
        when 'grid' then grid
        when 'worker' then worker
        when 'class_big' then left(class_code, 2)
        when 'class' then class_code
        when 'source' then source
        when 'rule' then rule
        else '' end
$$;

-- What fell into a period, never a drill, with all that a figure may be counted by. Read under the row security of who asks.
create function indicator_cases(since timestamptz, until timestamptz, as_of timestamptz) returns table (
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
$$;

create function indicator_hotline(since timestamptz, until timestamptz, as_of timestamptz) returns table (
    id text, sets integer, unit text, area text, grid text, worker text, class_code text, source text, rule text,
    taking interval, handling interval, closing interval, title text, stage text, opened_at timestamptz, due_at timestamptz, finished_at timestamptz, closed_at timestamptz
) language sql stable parallel safe as $$
    select r.revisit_id::text, revisit_sets(r, since, until), coalesce(r.unit_id::text, nullif(r.unit, '')), r.area, null::text, null::text, null::text,
           nullif(r.channel, ''), null::text, null::interval, null::interval, null::interval, r.ticket_no, r.satisfaction,
           r.revisit_at, null::timestamptz, null::timestamptz, null::timestamptz
    from revisits r where not r.drill and r.revisit_at >= since and r.revisit_at < until
$$;

-- ── frozen reports: figures, formulas and the rows themselves, so that nothing later moves them ───────────────────
create table evaluations (
    evaluation_id integer generated always as identity primary key,
    subject       text not null check (subject in ('cases', 'hotline')),
    kind          text not null,                     -- day, week, month, quarter, year, span
    label         text not null,                     -- 2026-11
    since         timestamptz not null,
    until         timestamptz not null check (until > since),
    area          text not null,
    version       integer not null default 1,
    replaces      integer unique references evaluations,
    why           text not null default '',          -- of a version after the first
    as_of         timestamptz not null,
    issued_by     text not null,
    formulas      jsonb not null,                    -- in their order: code, formula id, labels and the whole formula with its weights
    figures       jsonb not null default '{}',       -- dimension → [{key, name, figures: {code: {numerator, denominator, value, …}}}]
    compared      jsonb not null default '{}',       -- the same of the period before and of a year before, as they were known then
    row_count     integer not null default 0,
    simulated     boolean not null default false,
    unique (subject, area, since, until, version)
);
create index on evaluations (area text_pattern_ops, evaluation_id);

-- Thousands of rows a row: position by position the arrays tell of one case or revisit.
create table evaluation_rows (
    evaluation_id integer not null references evaluations,
    chunk         integer not null,
    ids           text[] not null,
    sets          integer[] not null,
    units         text[] not null,
    areas         text[] not null,
    grids         text[] not null,
    workers       text[] not null,
    classes       text[] not null,
    sources       text[] not null,
    rules         text[] not null,
    taking        interval[] not null,
    handling      interval[] not null,
    closing       interval[] not null,
    primary key (evaluation_id, chunk)
);

alter table evaluations enable row level security;
create policy area_scope on evaluations using (area like any ((select string_to_array(current_setting('yiping.areas', true), ','))::text[]));
alter table evaluation_rows enable row level security;
create policy evaluation_scope on evaluation_rows using (evaluation_id in (select evaluation_id from evaluations));

-- What was issued stands: a correction is a new version that names the old one.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a frozen report is never changed';
end $$;
create trigger frozen before update or delete on evaluations for each row when (old.figures <> '{}') execute function refuse_change();
create trigger frozen before update or delete on evaluation_rows for each row execute function refuse_change();
