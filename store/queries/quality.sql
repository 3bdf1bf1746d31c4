-- Data quality: what is counted of feeds and devices, and how it is read.

-- name: quality_count_feeds!
-- In key order: two workers add to the same rows.
insert into feed_quality as f (hour, feed, mark, count)
select :hour, feed, mark, count from unnest(cast(:feeds as text[]), cast(:marks as text[]), cast(:counts as bigint[])) as t (feed, mark, count) order by feed, mark
on conflict (hour, feed, mark) do update set count = f.count + excluded.count;

-- name: quality_count_duplicates!
-- In key order, as feeds are counted.
insert into device_duplicates as d (hour, device_id, count)
select :hour, device_id, count from unnest(cast(:devices as int4[]), cast(:counts as bigint[])) as t (device_id, count) order by device_id
on conflict (hour, device_id) do update set count = d.count + excluded.count;

-- name: quality_duplicates
select device_id, count from device_duplicates where hour = :hour and device_id = any(cast(:devices as int4[]));

-- name: quality_portion
-- Of a camera that sends no readings none are expected.
select d.device_id, d.device, d.interval_s, w.feed
from devices d left join device_watch w using (device_id)
where d.device_id > :after and not d.probe and not (d.camera and not exists (select from device_states s where s.device_id = d.device_id))
order by d.device_id limit :most;

-- name: quality_deaf
-- When nobody listened to each feed within an hour: gaps that are over, and what follows the last word. A feed always heard has one row of nulls.
select l.feed, g.since, g.until
from listening l
left join lateral (select greatest(since, :since) as since, least(until, :until) as until from listening_gaps
                   where feed = l.feed and since < :until and until > :since
                   union all select greatest(l.until, :since), cast(:until as timestamptz) where l.until < :until) g on true;

-- name: quality_measure
-- Pairs that ever spoke of late; each is one range of the key. A step is taken from the trusted value before, also of the hour before.
select s.device_id, s.metric_id, h.*
from device_states s join devices d using (device_id)
left join unnest(cast(:jumping as int2[]), cast(:jumps as float8[])) as j (metric_id, jump) using (metric_id)
cross join lateral (
    select count(*) filter (where inside)::int as received,
           count(*) filter (where inside and trusted)::int as good,
           count(*) filter (where inside and value is null and text is null)::int as nulls,
           count(*) filter (where inside and not trusted and (value is not null or text is not null))::int as flagged,
           count(*) filter (where inside and quality = :ranged)::int as ranged,
           count(*) filter (where inside and received_at - observed_at > (:late)::interval)::int as late,
           count(*) filter (where inside and trusted and abs(value - before) > j.jump)::int as jumps,
           sum(value) filter (where inside and trusted) as sum,
           min(value) filter (where inside and trusted) as min,
           max(value) filter (where inside and trusted) as max,
           sum(power(10::float8, value / 10)) filter (where inside and trusted and value < 300 and s.metric_id = :noise) as energy,
           last(value, observed_at) filter (where inside and trusted) as last,
           max(observed_at) filter (where inside and trusted) as last_at
    from (select r.value, r.text, r.quality, r.observed_at, r.received_at, r.observed_at >= :since as inside,
                 r.quality = any(cast(:good as int2[])) and r.value is not null as trusted,
                 case when j.jump is not null then
                     lag(r.value) over (partition by r.quality = any(cast(:good as int2[])) and r.value is not null order by r.observed_at) end as before
          from readings r
          where r.device_id = s.device_id and r.metric_id = s.metric_id and r.observed_at >= (:before)::timestamptz and r.observed_at < :until
            and r.observed_at >= (:since)::timestamptz - make_interval(secs => 2 * d.interval_s)) r
) h
where s.device_id = any(cast(:devices as int4[])) and s.observed_at >= :lately;

-- name: quality_kinds
-- A state that gets its readings in heaps may look the same at the end of each: what the hour before saw counts too.
select s.metric_id, count(*)::int as spoke, count(*) filter (where s.changed_at > (:until)::timestamptz - l.stuck or h.max > h.min)::int as varied
from device_states s
join unnest(cast(:metrics as int2[]), cast(:limits as interval[])) as l (metric_id, stuck) using (metric_id)
left join device_hours h on h.hour = (:since)::timestamptz - interval '1 hour' and h.device_id = s.device_id and h.metric_id = s.metric_id
where s.observed_at >= :since group by s.metric_id;

-- name: quality_held
-- Of values that stood all hour: whether they stood for the whole limit, and did already before it.
select t.device_id, t.metric_id,
       not exists (select from readings r where r.device_id = t.device_id and r.metric_id = t.metric_id and r.quality = any(cast(:good as int2[]))
                   and r.observed_at > (:until)::timestamptz - t.stuck and r.observed_at < :until and r.value <> t.value)
       and t.value = (select r.value from readings r where r.device_id = t.device_id and r.metric_id = t.metric_id and r.quality = any(cast(:good as int2[]))
                      and r.observed_at <= (:until)::timestamptz - t.stuck and r.observed_at > (:until)::timestamptz - t.stuck - interval '1 day'
                      and r.value is not null order by r.observed_at desc limit 1) as held
from unnest(cast(:devices as int4[]), cast(:metrics as int2[]), cast(:values as float8[]), cast(:limits as interval[])) as t (device_id, metric_id, value, stuck);

-- name: quality_refused
-- By the hour of receipt; a flood of refusals is counted up to `most`. A clock ahead and one behind have one reason: the detail tells them apart.
select device, count(*) filter (where reason = 'range')::int as out_of_range, count(*) filter (where reason = 'clock' and ahead)::int as future, count(*)::int as refused
from (select device, reason, position('ahead of' in detail) > 0 as ahead from rejected where received_at >= :since and received_at < :until and device is not null limit :most) t
where device = any(cast(:names as text[])) group by device;

-- name: quality_save_metric
insert into device_hours as h (hour, device_id, metric_id, expected, received, good, nulls, flagged, late, jumps, stuck, sum, min, max, energy, last, last_at)
select :hour, t.* from jsonb_to_recordset(:rows) as t (device_id int, metric_id smallint, expected real, received int, good int, nulls int, flagged int, late int, jumps int,
    stuck boolean, sum float8, min float8, max float8, energy float8, last float8, last_at timestamptz)
on conflict (hour, device_id, metric_id) do update
set expected = excluded.expected, received = excluded.received, good = excluded.good, nulls = excluded.nulls, flagged = excluded.flagged, late = excluded.late,
    jumps = excluded.jumps, stuck = excluded.stuck, sum = excluded.sum, min = excluded.min, max = excluded.max, energy = excluded.energy,
    last = excluded.last, last_at = excluded.last_at
where (h.expected, h.received, h.good, h.jumps, h.stuck, h.sum, h.last) is distinct from
      (excluded.expected, excluded.received, excluded.good, excluded.jumps, excluded.stuck, excluded.sum, excluded.last)
returning metric_id;

-- name: quality_save_device!
insert into device_quality (hour, device_id, usable, completeness, expected, received, nulls, flagged, late, jumps, stuck, out_of_range, future, refused, duplicates, computed_at)
select :hour, t.*, :now from jsonb_to_recordset(:rows) as t (device_id int, usable float8, completeness float8, expected real, received int, nulls int, flagged int, late int,
    jumps int, stuck int, out_of_range int, future int, refused int, duplicates int)
on conflict (hour, device_id) do update
set usable = excluded.usable, completeness = excluded.completeness, expected = excluded.expected, received = excluded.received, nulls = excluded.nulls,
    flagged = excluded.flagged, late = excluded.late, jumps = excluded.jumps, stuck = excluded.stuck, out_of_range = excluded.out_of_range,
    future = excluded.future, refused = excluded.refused, duplicates = excluded.duplicates, computed_at = excluded.computed_at;

-- name: quality_metrics
select metric_id, metric from metrics where metric = any(cast(:metrics as text[])) or :every;

-- name: quality_feeds
select feed, mark, sum(count)::bigint as count from feed_quality where hour >= :since and hour < :until group by feed, mark order by feed, mark;

-- name: quality_latest$
select max(hour) from device_quality where hour <= :now;

-- name: quality_devices
-- The worst first; those of whom nothing was expected last.
select d.device_id as id, d.device, d.name, d.domain, d.area, d.interval_s, d.simulated, q.usable, q.completeness, q.expected, q.received, q.nulls, q.flagged, q.late,
       q.jumps, q.stuck, q.out_of_range, q.future, q.refused, q.duplicates, q.computed_at
from device_quality q join devices d using (device_id)
where q.hour = :hour and d.area like any(cast(:areas as text[])) and d.area like :area and (cast(:domain as text) is null or d.domain = :domain)
  and (coalesce(q.usable, 2), d.device_id) > (cast(:after_usable as float8), cast(:after_id as int4))
order by coalesce(q.usable, 2), d.device_id limit :limit;

-- name: quality_totals^
select count(*)::int as devices, count(*) filter (where q.usable < 0.75)::int as poor, count(*) filter (where q.received = 0 and q.expected > 0)::int as silent,
       sum(q.expected)::float8 as expected, sum(q.usable * q.expected)::float8 as usable, sum(q.completeness * q.expected)::float8 as complete,
       sum(q.received)::bigint as received, sum(q.nulls)::bigint as nulls, sum(q.flagged)::bigint as flagged, sum(q.late)::bigint as late,
       sum(q.jumps)::bigint as jumps, sum(q.stuck)::bigint as stuck, sum(q.out_of_range)::bigint as out_of_range, sum(q.future)::bigint as future,
       sum(q.refused)::bigint as refused, sum(q.duplicates)::bigint as duplicates
from device_quality q join devices d using (device_id)
where q.hour = :hour and d.area like any(cast(:areas as text[])) and d.area like :area and (cast(:domain as text) is null or d.domain = :domain);

-- name: quality_of_device
select q.hour, q.usable, q.completeness, q.expected, q.received, q.nulls, q.flagged, q.late, q.jumps, q.stuck, q.out_of_range, q.future, q.refused, q.duplicates, q.computed_at
from device_quality q where q.device_id = :device_id and q.hour >= :since and q.hour < :until order by q.hour desc;

-- name: quality_metrics_of_device
select h.hour, m.metric, m.label, m.unit, h.expected, h.received, h.good, h.nulls, h.flagged, h.late, h.jumps, h.stuck, h.min, h.sum / nullif(h.good, 0) as mean, h.max
from device_hours h join metrics m using (metric_id)
where h.device_id = :device_id and h.hour = :hour order by m.metric;

-- name: quality_forget_hours!
delete from device_hours where hour < :before;

-- name: quality_forget_days!
with forgotten as (delete from device_days where day < :before)
delete from days_summed where day < :before;

-- name: quality_forget_devices!
delete from device_quality where hour < :before;

-- name: quality_forget_feeds!
delete from feed_quality where hour < :before;

-- name: quality_forget_duplicates!
delete from device_duplicates where hour < :before;
