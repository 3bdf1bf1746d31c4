-- Hours beyond a limit, from measured hours and their days (`device_days`, migration 0051). Which device stands against which limit is asked first:
-- so that what reads hours is planned for as many as there are.

-- name: exceedances_levels
-- Levels of the devices themselves; withdrawn ones judge nothing any more.
select d.device, m.metric, l.level, l.value, l.season_from, l.season_to, l.source, l.valid_since, l.valid_until
from device_levels l join metrics m using (metric_id) join devices d using (device_id)
where l.withdrawn_at is null and m.metric = any(cast(:metrics as text[])) and not d.drill and not d.probe
  and d.area like any(cast(:areas as text[])) and d.area like :area and (cast(:device as text) is null or d.device = :device);

-- name: exceedances_targets
-- Of devices that ever told the metric (whose hours are measured). Limits are [limit_id, metric, own, above | below, domains, areas, cells, kinds, devices (for LIKE), tags]; one that is `own` has a number for each
-- device, and may have another at another time: [limit_id, device, number, above | below, since, until].
select t.limit_id, d.device_id, m.metric_id, coalesce(n.number, t.above, t.below) as number, coalesce(n.above, t.above) as above,
       coalesce(n.below, t.below) as below, n.since, n.until
from jsonb_to_recordset(:limits) as t (limit_id text, metric text, own boolean, above float8, below float8, domains text[], areas text[], cells text[],
                                       kinds text[], devices text[], tags text[])
join metrics m using (metric)
left join jsonb_to_recordset(:numbers) as n (limit_id text, device text, number float8, above float8, below float8, since timestamptz, until timestamptz)
     on t.own and n.limit_id = t.limit_id
cross join lateral (select * from devices a where not t.own union all select * from devices b where b.device = n.device) d
join device_states s on s.device_id = d.device_id and s.metric_id = m.metric_id
where not d.drill and not d.probe
  and (t.domains = '{}' or d.domain = any(t.domains)) and (t.kinds = '{}' or d.kind = any(t.kinds)) and (t.tags = '{}' or t.tags && d.tags)
  and (t.areas = '{}' or exists (select from unnest(t.areas) a where starts_with(d.area, a)))
  and (t.devices = '{}' or d.device like any(t.devices))
  and (t.cells = '{}' or exists (select from cells c where c.cell_id = d.cell_id and c.cell_code = any(t.cells)))
  and d.area like any(cast(:areas as text[])) and d.area like :area and (cast(:device as text) is null or d.device = :device);

-- name: exceedances_days
-- Days that are summed up and lie in [since, until) as a whole, and in one bucket of `edges`.
select day, until from days_summed
where day >= :since and until <= :until
  and width_bucket(day, cast(:edges as timestamptz[])) = width_bucket(until - interval '1 microsecond', cast(:edges as timestamptz[])) order by day;

-- name: exceedances_tally
-- Of the devices that have one number in one stretch, by device, or all together by bucket of time. judged: hours with enough readings for a mean;
-- beyond: their mean passed the limit; touched: some reading did. `under` is the number next below `below`: how many are not above it.
-- One of `above` and `below` is null. last_at: of days their start.
with counted as (
    select d.device_id, d.day as at, cardinality(d.highs) as told, cardinality(d.means) as judged,
           coalesce(cardinality(d.means) - width_bucket(cast(:above as float8), d.means), width_bucket(cast(:under as float8), d.means)) as beyond,
           coalesce(cardinality(d.highs) - width_bucket(cast(:above as float8), d.highs), width_bucket(cast(:under as float8), d.lows)) as touched,
           case when cast(:above as float8) is null then d.lows[1] else d.highs[cardinality(d.highs)] end as worst
    from device_days d
    where d.metric_id = :metric_id and d.day = any(cast(:days as timestamptz[])) and d.device_id = any(cast(:devices as int4[]))
    union all
    select h.device_id, h.hour, 1, (m.mean is not null)::int, ((m.mean > cast(:above as float8) or m.mean < cast(:below as float8)) is true)::int,
           ((h.max > cast(:above as float8) or h.min < cast(:below as float8)) is true)::int, case when cast(:above as float8) is null then h.min else h.max end
    from device_hours h cross join lateral (select hour_mean(h.good, h.expected, h.energy, h.sum, :enough) as mean) m
    where h.hour = any(cast(:hours as timestamptz[])) and h.device_id = any(cast(:devices as int4[])) and h.metric_id = :metric_id and h.good > 0)
select case when not :by_bucket then device_id end as device_id, case when :by_bucket then width_bucket(at, cast(:edges as timestamptz[])) end as bucket,
       sum(told)::int as told, sum(judged)::int as judged, sum(beyond)::int as beyond, sum(touched)::int as touched,
       case when cast(:above as float8) is null then min(worst) else max(worst) end as worst, max(at) filter (where touched > 0) as last_at
from counted group by 1, 2;

-- name: exceedances_of_devices
select device_id, device, name, area, kind, domain, simulated from devices where device_id = any(cast(:devices as int4[]));

-- name: exceedances_last
-- The last hour in which some reading was beyond, of each device in the day that had one.
select t.device_id, (select max(h.hour) from device_hours h
                     where h.hour = any(array(select generate_series(t.day, least(t.day + interval '25 hours', :until) - interval '1 microsecond', interval '1 hour')))
                       and h.device_id = t.device_id and h.metric_id = :metric_id and h.good > 0
                       and (h.max > cast(:above as float8) or h.min < cast(:below as float8))) as last_at
from unnest(cast(:devices as int4[]), cast(:days as timestamptz[])) as t (device_id, day);

-- name: exceedances_rows
-- The hours themselves, newest first.
select t.limit_id, d.device, d.name, d.area, (select a.name from areas a where a.code = d.area) as area_name, h.hour, t.number, m.mean, h.min as low,
       h.max as high, h.good, h.expected, coalesce(m.mean > t.above or m.mean < t.below, false) as beyond, d.simulated
from unnest(cast(:limit_ids as text[]), cast(:devices as int4[]), cast(:metrics as int2[]), cast(:numbers as float8[]), cast(:aboves as float8[]),
            cast(:belows as float8[]), cast(:sinces as timestamptz[]), cast(:untils as timestamptz[]))
     as t (limit_id, device_id, metric_id, number, above, below, since, until)
join device_hours h using (device_id, metric_id) join devices d using (device_id)
cross join lateral (select hour_mean(h.good, h.expected, h.energy, h.sum, :enough) as mean) m
where h.hour = any(cast(:hours as timestamptz[])) and h.good > 0 and (t.since is null or h.hour >= t.since) and (t.until is null or h.hour < t.until)
  and case :part when 'beyond' then m.mean > t.above or m.mean < t.below when 'touched' then h.max > t.above or h.min < t.below
                 when 'judged' then m.mean is not null else true end
  and (h.hour, d.device, t.limit_id) < (cast(:after_at as timestamptz), cast(:after_device as text), cast(:after_limit as text))
order by h.hour desc, d.device desc, t.limit_id desc limit :limit;
