-- Levels that belong to devices.

-- name: device_levels_read
select l.device_id, m.metric, l.level, l.value, l.season_from, l.season_to, l.source, l.valid_since, l.valid_until
from device_levels l join metrics m using (metric_id)
where l.device_id = any(cast(:device_ids as int4[])) and l.withdrawn_at is null
order by l.device_id, m.metric, l.value, l.level, l.season_from nulls first, l.valid_since nulls first;

-- name: device_levels_withdraw!
update device_levels l set withdrawn_at = :now from metrics m
where l.device_id = :device_id and m.metric_id = l.metric_id and m.metric = :metric and l.level = :level
  and l.season_from is not distinct from cast(:season_from as text) and l.valid_since is not distinct from cast(:valid_since as date)
  and l.withdrawn_at is null;

-- name: device_levels_add!
insert into device_levels (device_id, metric_id, level, value, season_from, season_to, source, valid_since, valid_until, entered_at)
select :device_id, metric_id, :level, :value, :season_from, :season_to, :source, :valid_since, :valid_until, :now from metrics where metric = :metric;
