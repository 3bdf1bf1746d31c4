-- The catalogue of indicators and the scores of vital signs.

-- ── definitions: what an indicator says, whose it is and what is wanted of it. The last version holds; none is ever changed ──
create table indicator_definitions (
    code        text not null check (code ~ '^[a-z][a-z0-9_]{0,40}$'),
    version     integer not null,
    origin      text not null check (origin in ('file', 'city')),    -- config.yaml, or somebody through the API or a table
    body        jsonb not null,
    at          timestamptz not null,
    by          text not null,
    account_id  integer references accounts,
    why         text not null default '',
    primary key (code, version)
);
create function refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'what was said is never rewritten: say it anew, as the next version';
end $$;
create trigger kept before update or delete on indicator_definitions for each row execute function refuse_rewriting();

-- ── values: what others compute, and what nobody could count afterwards. A correction is the next revision ──────────
create table indicator_values (
    value_id    bigint generated always as identity primary key,
    code        text not null,
    area        text not null,
    period      text not null check (period in ('day', 'week', 'month', 'quarter', 'year')),
    first       date not null,                       -- the day that names the period: 2026-11-01 for November
    revision    integer not null default 1,
    value       double precision not null,
    numerator   double precision,
    denominator double precision,
    version     integer not null,                    -- of the definition it was given under
    source      text not null,                       -- the file, the system, or `counted`
    at          timestamptz not null,
    by          text not null,
    account_id  integer references accounts,
    note        text not null default '',
    simulated   boolean not null default false,
    unique (code, area, period, first, revision)
);
create trigger kept before update or delete on indicator_values for each row execute function refuse_rewriting();
alter table indicator_values enable row level security;
create policy area_scope on indicator_values using (area like any ((select string_to_array(current_setting('yiping.areas', true), ','))::text[]));

-- What holds: the last revision of each period.
create view indicator_values_held with (security_invoker = true) as
    select distinct on (code, area, period, first) * from indicator_values order by code, area, period, first, revision desc;

-- ── the composite score of vital signs, with all it was made of ─────────────────────────────────────────────────────
create table vital_scores (
    area         text not null,
    scored_at    timestamptz not null,
    sequence     bigint not null,                    -- of the live stream: the figures every screen had at that number
    score        double precision,                   -- null: too little is known
    light        text not null check (light in ('good', 'fair', 'bad', 'unknown')),
    completeness double precision not null,          -- share of the weights that are known, 0 to 1
    formula_id   text not null,
    rule         jsonb not null,
    inputs       jsonb not null,
    primary key (area, scored_at)
);
create index on vital_scores (scored_at);
alter table vital_scores enable row level security;
create policy area_scope on vital_scores using (area like any ((select string_to_array(current_setting('yiping.areas', true), ','))::text[]));

-- ── when somebody last looked at the cockpit, so that it can tell what happened since ──────────────────────────────
create table cockpit_visits (
    account_id  integer primary key references accounts on delete cascade,
    seen_at     timestamptz not null,
    left_at     timestamptz                          -- when the visit before this one ended; null: there was none
);
alter table cockpit_visits enable row level security;
create policy own on cockpit_visits using (account_id = reader());

-- ── rows that are counted: [measure, id, title, area, at, hit]. `at` puts a row into a period; null: it is what stands now ──
create view counted_rows with (security_invoker = true) as
    select 'devices_online'::text as measure, d.device as id, d.name as title, d.area, null::timestamptz as at,
           d.silent_at is null and d.presence <> 'offline' and exists (select from device_states s where s.device_id = d.device_id) as hit
    from devices d where not d.probe and not d.camera and not d.drill
    union all
    select 'cameras_online', c.device, c.name, c.area, null, c.state = 'online' from cameras c where not c.drill
    union all
    select 'cells_sensed', g.cell_code, g.cell_code, g.area, null, exists (select from devices d where d.cell_id = g.cell_id and not d.probe and not d.drill and not d.camera)
    from cells g
    union all
    select 'cells_watched', g.cell_code, g.cell_code, g.area, null, exists (select from devices d where d.cell_id = g.cell_id and not d.drill and d.camera)
    from cells g
    union all
    select 'reports_placed', r.report_id::text, title_for_all(r.title, r.external_id, r.extra), r.area, r.received_at, r.placement = 'inside'
    from reports r where not r.drill and not r.history
    union all
    select 'alerts_answered', a.alert_id::text, a.title, a.area, a.raised_at, a.acked_at is not null
    from alerts a where not a.drill and not a.probe and a.severity < 5 and a.verdict is distinct from 'test'
    union all
    select 'alerts_real', a.alert_id::text, a.title, a.area, a.verdict_at, a.verdict = 'real'
    from alerts a where not a.drill and not a.probe and a.verdict in ('real', 'false_alarm')
    union all
    select 'orders_answered', o.order_id::text, o.text, c.area, o.due_at, o.fed_back_at is not null and o.fed_back_at <= o.due_at
    from expedite_orders o join cases c using (case_number) where not o.drill and o.stage <> 'withdrawn'
    union all
    select 'found_first', c.case_number, c.title, c.area, c.opened_at, c.source not in ('public', 'hotline')
    from cases c where not c.drill and c.stage not in ('voided', 'declined')
    union all
    select 'hazards_rectified', h.hazard_id::text, h.title, h.area, h.due_at, h.rectified_at is not null and h.rectified_at <= h.due_at
    from hazards h where not h.drill and h.due_at is not null and h.stage <> 'voided'
    union all
    select 'patrols_done', p.patrol_id::text, p.title, p.area, p.until, p.stage = 'done'
    from patrols p where not p.drill and p.stage <> 'cancelled';
create index on reports using brin (received_at);
create index on alerts (verdict_at) where verdict_at is not null;
