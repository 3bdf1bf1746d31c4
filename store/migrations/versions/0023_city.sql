-- What rules of more than one subject read, in the order of the fields of core.city_facts.Signal. Whether something counts is said here, once:
-- not what is silenced, judged false or only a test, dismissed or history. What another alert inhibits is real and counts.
create view signal_alerts with (security_invoker = true) as
    select 'alert' as kind, a.alert_id as number, a.report_id, a.rule, coalesce(r.channel, 'sensor') as channel, a.class_code,
           coalesce(d.device, r.source, a.subject) as source, coalesce(m.label, '') as label,
           least(greatest(a.observed_at, case when a.count > 1 then a.rings[array_upper(a.rings, 1)] end), greatest(a.raised_at, a.updated_at)) as at,
           a.area, c.cell_code as cell, a.cell_id, c.duty_grid, coalesce(a.lon, d.lon, r.lon, c.lon) as lon, coalesce(a.lat, d.lat, r.lat, c.lat) as lat,
           a.drill, a.simulated,
           (a.hold = 'none' or a.hold_ref like 'alert:%') and a.verdict is distinct from 'false_alarm' and a.verdict is distinct from 'test'
               and not a.probe and coalesce(r.stage, '') <> 'dismissed' as counts,
           false as of_city, a.stage in ('unack', 'acked') as active, a.state_known as known, a.returned_at as until,
           a.stage, a.raised_at
    from alerts a left join devices d using (device_id) left join metrics m using (metric_id) left join reports r on r.report_id = a.report_id
    left join cells c on c.cell_id = a.cell_id;
create view signal_reports with (security_invoker = true) as
    select 'report' as kind, r.report_id as number, r.report_id, '' as rule, r.channel, r.class_code, r.source, '' as label,
           least(r.observed_at, r.processed_at) as at, r.area, c.cell_code as cell, r.cell_id, c.duty_grid,
           coalesce(r.lon, c.lon) as lon, coalesce(r.lat, c.lat) as lat, r.drill, r.simulated,
           not r.history and r.stage <> 'dismissed' as counts, false as of_city, false as active, true as known, null::timestamptz as until,
           r.processed_at
    from reports r left join cells c on c.cell_id = r.cell_id;

-- States of a metric wherever it is measured: no column of it ever changes, so that updates stay on their page.
create index on device_states (metric_id, device_id);
create index on derived (computed_at);
