-- What is usual at an hour of the city's day.

-- name: baselines_read
select t.place, b.day, b.days, b.mean, b.spread
from unnest(:devices ::int4[], :metrics ::int2[], :backs ::int2[], :hours ::int2[]) with ordinality as t (device_id, metric_id, back, hour, place)
join baselines b using (device_id, metric_id, back, hour);

-- name: baselines_missing
-- Metrics of which an hour of a day was not worked out yet.
select m.metric_id from metrics m
where m.metric = any(:metrics ::text[])
  and not exists (select from baselines_done d where d.metric_id = m.metric_id and d.back = :back and d.hour = :hour and d.day >= :day);

-- name: baselines_keep!
-- `hours`: the same hour of each of the days before. An hour of which less than half came tells nothing of its day.
insert into baselines as b (device_id, metric_id, back, hour, day, days, mean, spread)
select h.device_id, h.metric_id, :back, :hour, :day, count(*), avg(h.sum / h.good), stddev_samp(h.sum / h.good)
from device_hours h
where h.hour = any(:hours ::timestamptz[]) and h.metric_id = any(:metric_ids ::int2[]) and h.good > 0 and h.good >= h.expected / 2
group by h.device_id, h.metric_id order by h.device_id, h.metric_id
on conflict (device_id, metric_id, back, hour) do update set day = excluded.day, days = excluded.days, mean = excluded.mean, spread = excluded.spread
where b.day <= excluded.day;

-- name: baselines_done!
insert into baselines_done as d (metric_id, back, hour, day) select metric_id, :back, :hour, :day from unnest(:metric_ids ::int2[]) as t (metric_id)
on conflict (metric_id, back, hour) do update set day = excluded.day;

-- name: baselines_forget!
delete from baselines where day < :before;
