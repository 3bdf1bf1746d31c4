-- Figures derived from measured hours; versions are added, never changed.

-- name: derived_inputs
select h.hour, d.device, d.area, d.simulated, d.kind, m.metric, m.unit, h.expected, h.good, h.sum, h.energy, h.last, h.max as high
from device_hours h join devices d using (device_id) join metrics m using (metric_id)
where h.hour >= :since and h.hour < :until and m.metric = any(cast(:metrics as text[])) and not d.drill
order by d.device, h.hour;

-- name: derived_of_day
-- The hours of some devices that have a limit of the day's mean.
select d.device, m.metric, h.expected, h.good, h.sum
from device_hours h join devices d using (device_id) join metrics m using (metric_id)
where h.hour >= :since and h.hour < :until and d.device = any(cast(:devices as text[])) and m.metric = any(cast(:metrics as text[]))
order by d.device, m.metric, h.hour;

-- name: derived_averages
-- Means of the trusted readings of building sites over the intervals of an hour, and how many they are of.
select d.device, d.area, d.simulated, d.interval_s, m.unit, i.n, avg(r.value) as mean, count(r.value)::int as good
from devices d join metrics m on m.metric = :metric
join device_hours h on h.hour = :since and h.device_id = d.device_id and h.metric_id = m.metric_id
cross join generate_series(0, (:intervals)::int - 1) as i (n)
left join readings r on r.device_id = d.device_id and r.metric_id = m.metric_id and r.quality = any(cast(:good as int2[]))
     and r.observed_at >= (:since)::timestamptz + i.n * (:averaging)::interval and r.observed_at < (:since)::timestamptz + (i.n + 1) * (:averaging)::interval
where not d.drill and (d.kind = any(cast(:kinds as text[])) or d.device = any(cast(:devices as text[])))
group by d.device_id, m.unit, i.n order by d.device, i.n;

-- name: derived_highest
-- The highest of each of the city's days, and in how many hours there was any.
select d.device, d.area, d.simulated, cast(timezone(:zone, h.hour) as date) as day, max(h.max) as highest, count(*)::int as hours
from device_hours h join devices d using (device_id) join metrics m using (metric_id)
where m.metric = :metric and h.hour >= :since and h.hour < :until and h.max is not null and not d.drill
  and (cast(:devices as text[]) is null or d.device = any(cast(:devices as text[])))
group by d.device_id, 4;

-- name: derived_hourly
-- What hours were worth, as they stand now, to be summed up to a day.
select distinct on (f.figure, f.subject, f.at) f.figure, f.subject, f.since, f.area, f.simulated, f.of, coalesce(d.interval_s, 0) as interval_s
from derived f left join devices d on d.device = f.subject
where f.figure = any(cast(:figures as text[])) and f.at > :since and f.at <= :until order by f.figure, f.subject, f.at, f.version desc;

-- name: derived_standing
select distinct on (figure, subject) figure, subject, value, text, reason, standard, of, version
from derived where at = :at and figure = any(cast(:figures as text[])) order by figure, subject, version desc;

-- name: derived_add!
insert into derived (figure, subject, since, at, version, value, text, reason, of, standard, area, simulated, computed_at)
select t.*, :now from jsonb_to_recordset(:rows) as t (figure text, subject text, since timestamptz, at timestamptz, version int, value float8, text text, reason text,
    of jsonb, standard text, area text, simulated boolean);

-- name: derived_areas
select code from areas where level in ('city', 'district', 'street') order by code;

-- name: derived_list
-- The version that held at a moment; newest first.
select t.figure, t.subject, t.since, t.at, t.version, t.value, t.text, t.reason, t.of, t.standard, t.area, t.simulated, t.computed_at
from (select distinct on (figure, subject, at) * from derived
      where at >= :since and at < :until and area like any(cast(:areas as text[])) and area like :area and computed_at <= :as_of
        and (cast(:figure as text[]) is null or figure = any(cast(:figure as text[]))) and (cast(:subject as text) is null or subject = :subject or starts_with(subject, :subject || '/'))
      order by figure, subject, at, version desc) t
where (t.at, t.figure, t.subject) < (cast(:after_at as timestamptz), cast(:after_figure as text), cast(:after_subject as text))
order by t.at desc, t.figure desc, t.subject desc limit :limit;

-- name: derived_forget!
delete from derived where at < :before;
