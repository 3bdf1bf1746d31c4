-- Days of measured hours (`device_days`, migration 0051).

-- name: day_sums_take_out!
delete from days_summed where day <= :hour and until > :hour;

-- name: day_sums_first_hour$
select min(hour) from device_hours;

-- name: day_sums_list
select day, until from days_summed;

-- name: day_sums_lock!
lock table days_summed in share row exclusive mode;

-- name: day_sums_forget!
-- Also days that overlap this one, of another time zone: an hour is counted once.
with over as (delete from days_summed where day < :until and until > :since returning day)
delete from device_days where day in (select day from over) or day = :since;

-- name: day_sums_sum!
insert into device_days (metric_id, day, device_id, lows, highs, means)
select h.metric_id, :since, h.device_id, array_agg(h.min order by h.min), array_agg(h.max order by h.max),
       coalesce(array_agg(m.mean order by m.mean) filter (where m.mean is not null), '{}')
from device_hours h cross join lateral (select hour_mean(h.good, h.expected, h.energy, h.sum, :enough) as mean) m
where h.hour >= :since and h.hour < :until and h.good > 0 group by h.metric_id, h.device_id order by h.metric_id, h.device_id;

-- name: day_sums_mark!
insert into days_summed (day, until) values (:since, :until);
