-- Hours beyond a limit, from measured hours (`limit_hours`, migration 0048).

-- name: exceedances_tally
-- judged: hours with enough readings for a mean; beyond: their mean passed the limit; touched: hours in which some reading did.
select limit_id, device, min(name) as name, min(area) as area, min(kind) as kind, min(domain) as domain, bool_or(simulated) as simulated,
       count(*) as told, count(mean) as judged, count(*) filter (where mean > above or mean < below) as beyond,
       count(*) filter (where high > above or low < below) as touched,
       case when min(above) is not null then max(high) else min(low) end as worst,
       max(hour) filter (where high > above or low < below) as last_at
from limit_hours(:limits, :since, :until, :areas, :area, :device, :enough) group by limit_id, device;

-- name: exceedances_course
-- Hours of devices by bucket of time.
select width_bucket(hour, cast(:edges as timestamptz[])) as bucket, count(mean) as judged, count(*) filter (where mean > above or mean < below) as beyond,
       count(*) filter (where high > above or low < below) as touched
from limit_hours(:limits, :since, :until, :areas, :area, :device, :enough) group by 1 order by 1;

-- name: exceedances_rows
-- The hours themselves, newest first.
select x.limit_id, x.device, x.name, x.area, (select a.name from areas a where a.code = x.area) as area_name, x.hour, x.mean, x.low, x.high, x.good,
       x.expected, coalesce(x.mean > x.above or x.mean < x.below, false) as beyond, x.simulated
from limit_hours(:limits, :since, :until, :areas, :area, :device, :enough) x
where case :part when 'beyond' then x.mean > x.above or x.mean < x.below when 'touched' then x.high > x.above or x.low < x.below
                 when 'judged' then x.mean is not null else true end
  and (x.hour, x.device, x.limit_id) < (cast(:after_at as timestamptz), cast(:after_device as text), cast(:after_limit as text))
order by x.hour desc, x.device desc, x.limit_id desc limit :limit;
