-- What moves: vehicles by the places they tell as readings, people by the fixes of their patrols.

-- name: movers_vehicles
-- Whoever ever told a longitude: the state of a metric stands as long as its device.
select d.device_id as id, d.device, d.name, d.kind, d.area, d.drill, d.simulated, s.observed_at as last_at
from device_states s join devices d using (device_id)
where s.metric_id = (select metric_id from metrics where metric = :lon) and not d.probe
  and d.area like any(cast(:areas as text[])) and d.area like :area
order by d.device limit :limit;

-- name: movers_fixes
-- Of each the way to the last place it told since, a row a moment, `each` readings at most; a doubtful coordinate is none.
select w.device_id as id, extract(epoch from r.observed_at)::float8 as at,
       max(value) filter (where metric = :lon and quality = any(:trusted)) as lon, max(value) filter (where metric = :lat and quality = any(:trusted)) as lat,
       max(value) filter (where metric = :speed) as speed, max(value) filter (where metric = :course) as course
from unnest(cast(:devices as integer[])) w (device_id)
cross join lateral (
    select observed_at from readings
    where device_id = w.device_id and metric_id = (select metric_id from metrics where metric = :lon) and quality = any(:trusted)
      and observed_at > :since and observed_at <= :at
    order by observed_at desc limit 1) last
cross join lateral (
    select observed_at, metric_id, quality, value from readings
    where device_id = w.device_id and metric_id in (select metric_id from metrics where metric in (:lon, :lat, :speed, :course))
      and observed_at > :since and observed_at <= :at and observed_at > last.observed_at - :trail
    order by observed_at desc limit :each) r
join metrics using (metric_id)
group by 1, 2 order by 2 desc limit :limit;

-- name: movers_people
-- Those who were on a patrol at a moment, with where they had been since.
select f.account_id as id, a.title as name, p.patrol_id as patrol, p.title, p.area, p.drill, p.simulated, f.lon, f.lat, f.accuracy_m,
       extract(epoch from f.at)::float8 as at
from patrols p join patrol_fixes f using (patrol_id) join accounts a on a.account_id = f.account_id
where coalesce(p.began_at, p.since) <= :at and (p.ended_at is null or p.ended_at > :at) and p.stage <> 'cancelled' and f.verdict = 'good' and f.at > :since and f.at <= :at
  and p.area like any(cast(:areas as text[])) and p.area like :area
order by f.at desc limit :limit;
