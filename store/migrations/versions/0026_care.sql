-- ── row security of what 0018 to 0020 brought ──────────────────────────────────────────────────────────────────────
-- Whoever reads, in the transaction's own word; null: a token, or nobody.
create function reader() returns integer language sql stable as $$ select nullif(current_setting('yiping.account', true), '')::integer $$;
-- Within an area of the reader's, or around one: a district's storm and a district's officer concern a street, too.
create function touches(place text) returns boolean language sql stable as $$
    select coalesce(bool_or(place like p or p like place || '%'), false) from unnest(string_to_array(current_setting('yiping.areas', true), ',')) as p
$$;
-- As the owner of the tables, so that the two policies below do not ask each other in a circle.
create function is_shift_of_reader(which bigint) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select from shifts where shift_id = which and account_id = reader())
$$;

alter table notices enable row level security;
create policy told_to on notices using (accounts @> array[reader()]);

alter table handovers enable row level security;
create policy between on handovers using (to_id = reader() or is_shift_of_reader(shift_id));

alter table shifts enable row level security;
create policy area_scope on shifts for select using (touches(area));
create policy own on shifts using (account_id = reader() or shift_id in (select h.shift_id from handovers h where h.to_id = reader()));

alter table storms enable row level security;
create policy area_scope on storms for select using (touches(area));
alter table storm_steps enable row level security;
create policy area_scope on storm_steps for select using (touches(street));

-- ── inhibition: what parent and child share may change of a device or a cell, too ─────────────────────────────────
create function note_alerts_of_device() returns trigger language plpgsql as $$
begin
    insert into rejudgements (alert_id) select alert_id from alerts where device_id = new.device_id and stage <> 'normal' and not probe;
    return null;
end $$;
create trigger device_shares after update of gateway, tags, kind on devices for each row
    when ((old.gateway, old.tags, old.kind) is distinct from (new.gateway, new.tags, new.kind)) execute function note_alerts_of_device();
create function note_alerts_of_cell() returns trigger language plpgsql as $$
begin
    insert into rejudgements (alert_id) select alert_id from alerts where cell_id = new.cell_id and stage <> 'normal' and not probe;
    return null;
end $$;
create trigger cell_shares after update of duty_grid on cells for each row
    when (old.duty_grid is distinct from new.duty_grid) execute function note_alerts_of_cell();

-- ── signals: what nobody is told of is as real as the rest (suppression ends telling, never a rule's figure) ──────
create or replace view signal_alerts with (security_invoker = true) as
    select 'alert' as kind, a.alert_id as number, a.report_id, a.rule, coalesce(r.channel, 'sensor') as channel, a.class_code,
           coalesce(d.device, r.source, a.subject) as source, coalesce(m.label, '') as label,
           least(greatest(a.observed_at, case when a.count > 1 then a.rings[array_upper(a.rings, 1)] end), greatest(a.raised_at, a.updated_at)) as at,
           a.area, c.cell_code as cell, a.cell_id, c.duty_grid, coalesce(a.lon, d.lon, r.lon, c.lon) as lon, coalesce(a.lat, d.lat, r.lat, c.lat) as lat,
           a.drill, a.simulated,
           a.hold <> 'out_of_service' and a.verdict is distinct from 'false_alarm' and a.verdict is distinct from 'test'
               and not a.probe and coalesce(r.stage, '') <> 'dismissed' as counts,
           false as of_city, a.stage in ('unack', 'acked') as active, a.state_known as known, a.returned_at as until,
           a.stage, a.raised_at
    from alerts a left join devices d using (device_id) left join metrics m using (metric_id) left join reports r on r.report_id = a.report_id
    left join cells c on c.cell_id = a.cell_id;

-- ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────────
create index alerts_last_ring on alerts ((rings[array_upper(rings, 1)]));   -- who rang within a span, however long it has stood
create index alerts_probes on alerts (ended_at) where probe and stage = 'normal';
create index on silences (over_at) where over_at is not null;
create index on approvals (decided_at) where decided_at is not null;
create index on escalation_steps (told_at);
create index on cases (alert_id) where alert_id is not null;                -- asked for each alert that goes
