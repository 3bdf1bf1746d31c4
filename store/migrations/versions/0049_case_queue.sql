-- The case queue read stage by stage and light by light, in place of the index by deadline alone (0040).
-- How the clock of the whole stands, as far as no time tells it: 0 past its deadline, 1 runs, 3 stands still, 4 there is none; 5 stands still, and
-- no deadline is known. Only with 4 and 5 there is none.
create or replace function clock_of(due timestamptz, overdue timestamptz, paused timestamptz) returns integer language sql immutable parallel safe as $$
    select case when overdue is null and paused is not null then case when due is null then 5 else 3 end when due is null then 4 when overdue is not null then 0 else 1 end
$$;

-- The queue stage by stage and light by light, each by deadline, and what is to be registered by its gravity; what tabs, lights and filters ask
-- for stands in the index, so that a page reads few rows that it does not bring. The deadline stands there as it is: row security lets no index be
-- walked by a comparison with what is worked out.
drop index if exists cases_by_deadline, cases_by_gravity;  -- the latter where this was tried out before it landed
create index cases_by_deadline on cases (stage, clock_of(due_at, overdue_at, paused_at), due_at, case_number)
    include (area, overdue_at, paused_at, yellow_at, opened_at, send_backs, class_code, source, lead_unit) where closed_at is null;
create index cases_by_gravity on cases (severity, coalesce(due_at, timestamptz '2200-01-01 00:00:00+00'), case_number)
    include (area, stage, due_at, overdue_at, paused_at, yellow_at, opened_at, class_code, source, lead_unit)
    where closed_at is null and stage in ('reported', 'pre_checking', 'accepted');
