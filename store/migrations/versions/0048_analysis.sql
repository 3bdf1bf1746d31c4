-- What analysis counts: alerts, cases and complaints in one shape, and the keys they are counted by.

-- Never a drill, a test, a proof of the path, a notice, a case that was void. `teller`: who told it, so that a thing told a hundred times by
-- one teller is seen to be so. A reader of one subject pays for no other: `subject` is a constant of each part.
create view happenings with (security_invoker = true) as
    select 'alerts'::text as subject, a.alert_id::text as id, a.raised_at as at, a.title, a.area, a.cell_id, a.device_id, a.class_code, a.severity,
           a.rule as origin, null::integer as unit_id, coalesce(a.device_id::text, a.subject) as teller, a.stage, a.lon, a.lat, a.simulated
    from alerts a where not a.drill and not a.probe and a.severity < 5 and a.verdict is distinct from 'test'
    union all
    select 'cases', c.case_number, c.opened_at, c.title, c.area, c.cell_id, null, c.class_code, c.severity,
           c.source, c.lead_unit, coalesce('alert ' || c.alert_id, 'report ' || c.report_id, c.case_number), c.stage, c.lon, c.lat, c.simulated
    from cases c where not c.drill and c.stage not in ('voided', 'declined')
    union all
    select 'complaints', r.report_id::text, r.observed_at, title_for_all(r.title, r.external_id, r.extra), r.area, r.cell_id, null, r.class_code, r.severity,
           r.source, null, coalesce('person ' || r.person_id, r.source || '/' || r.external_id), r.stage, r.lon, r.lat, r.simulated
    from reports r where not r.drill and r.channel in ('hotline', 'public');

create function happening_key(kind text, zone text, at timestamptz, area text, cell_id integer, device_id integer, class_code text, severity integer,
                              origin text, unit_id integer, edges timestamptz[])
returns text language sql stable parallel safe as $$
    select case kind
        when 'district' then left(area, 6)
        when 'street' then case when length(area) >= 9 then left(area, 9) end
        when 'community' then case when length(area) >= 12 then left(area, 12) end
        when 'cell' then cell_id::text
        when 'device' then device_id::text
        when 'class_big' then left(class_code, 2)
        when 'class' then class_code
        when 'severity' then severity::text
        when 'origin' then origin
        when 'unit' then unit_id::text
        when 'hour' then to_char(timezone(zone, at), 'HH24')
        when 'weekday' then to_char(timezone(zone, at), 'ID')
        when 'week_hour' then to_char(timezone(zone, at), 'ID-HH24')
        when 'bucket' then width_bucket(at, edges)::text
        else '' end
$$;

-- The measured hours of every device that a limit's scopes fit: [limit_id, metric, above | below, domains, areas, cells, kinds, devices (for LIKE), tags].
-- `mean` is null where too few readings came: such an hour neither kept the limit nor passed it.
create function limit_hours(limits jsonb, since timestamptz, until timestamptz, scope text[], place text, of_device text, enough float8)
returns table (limit_id text, device_id integer, device text, name text, area text, kind text, domain text, simulated boolean, hour timestamptz,
               above float8, below float8, good integer, expected real, low float8, high float8, mean float8)
language sql stable as $$
    select t.limit_id, d.device_id, d.device, d.name, d.area, d.kind, d.domain, d.simulated, h.hour, t.above, t.below, h.good, h.expected, h.min, h.max,
           case when h.good >= h.expected * enough - 1e-9 then case when h.energy > 0 then 10 * log(h.energy / h.good) else h.sum / h.good end end
    from jsonb_to_recordset(limits) as t (limit_id text, metric text, above float8, below float8, domains text[], areas text[], cells text[], kinds text[],
                                          devices text[], tags text[])
    join metrics m using (metric)
    join devices d on not d.drill and not d.probe
         and (t.domains = '{}' or d.domain = any(t.domains)) and (t.kinds = '{}' or d.kind = any(t.kinds)) and (t.tags = '{}' or t.tags && d.tags)
         and (t.areas = '{}' or exists (select from unnest(t.areas) a where starts_with(d.area, a)))
         and (t.devices = '{}' or d.device like any(t.devices))
         and (t.cells = '{}' or exists (select from cells c where c.cell_id = d.cell_id and c.cell_code = any(t.cells)))
    join device_hours h on h.device_id = d.device_id and h.metric_id = m.metric_id and h.hour >= since and h.hour < until and h.good > 0
    where d.area like any(scope) and d.area like place and (of_device is null or d.device = of_device)
$$;
