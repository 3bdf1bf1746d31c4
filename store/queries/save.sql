-- name: save_alert_raised$
insert into alerts (rule, subject, device_id, metric_id, report_id, domain, class_code, severity, stage, title, value, threshold, unit, area, cell_id, lon, lat,
    observed_at, raised_at, updated_at, returned_at, drill, simulated)
values (:rule, :subject, :device_id, :metric_id, :report_id, :domain, :class_code, :severity, case when :ended then 'rtn_unack' else 'unack' end, :title, :value, :threshold, :unit, :area, :cell_id, :lon, :lat,
    :observed_at, :now, :now, case when :ended then :now ::timestamptz end, :drill, :simulated)
on conflict (rule, subject) where stage <> 'normal' do update set count = alerts.count + 1, updated_at = excluded.updated_at, version = alerts.version + 1
returning alert_id;

-- name: save_alert_returned!
update alerts set stage = case stage when 'acked' then 'normal' else 'rtn_unack' end, returned_at = :now, updated_at = :now, value = coalesce(:value, value),
    ended_at = case stage when 'acked' then :now ::timestamptz else ended_at end, state_known = true, version = version + 1
where alert_id = :alert_id and stage in ('unack', 'acked');

-- name: save_alert_again!
update alerts set stage = 'unack', returned_at = null, updated_at = :now, value = coalesce(:value, value), count = count + 1, state_known = true, version = version + 1
where alert_id = :alert_id and stage = 'rtn_unack';

-- name: save_alert_seen!
-- The version stays: an officer's act is not stale because the water rose by a centimetre.
update alerts set value = coalesce(:value, value), state_known = :known, updated_at = :now where alert_id = :alert_id and stage <> 'normal';

-- name: save_wait!
insert into rule_waits (rule, subject, device_id, metric_id, since, due_at, value) values (:rule, :subject, :device_id, :metric_id, :since, :due_at, :value)
on conflict (rule, subject, level) do nothing;

-- name: save_wait_dropped!
delete from rule_waits where rule = :rule and subject = :subject;

-- name: save_device_silent!
-- Its watch ends with this word: on whose feed it was heard is kept here.
update devices set silent_at = :since, feed = coalesce((select w.feed from device_watch w where w.device_id = :device_id), feed)
where device_id = :device_id and silent_at is null;

-- name: save_watch_dropped!
delete from device_watch where device_id = :device_id;

-- name: save_device_back!
update devices set silent_at = null where device_id = :device_id and silent_at is not null;

-- name: save_watch!
insert into device_watch as w (device_id, attention_at, feed, inhibited) values (:device_id, :attention_at, :feed, :inhibited)
on conflict (device_id) do update set attention_at = excluded.attention_at, feed = coalesce(excluded.feed, w.feed), inhibited = excluded.inhibited;

-- name: save_attention!
insert into attention (rule, tile, at) values (:rule, :tile, :now) on conflict (rule, tile) do nothing;

-- name: save_device_change!
insert into change_log (processed_at, area, noun, key, before, after)
select :now, area, 'device', device, jsonb_build_object('silent_at', (:was)::timestamptz), jsonb_build_object('device', device, 'device_id', device_id, 'silent_at', silent_at)
from devices where device_id = :device_id;

-- name: save_streets_of_alerts
select distinct left(area, 9) as tile from alerts where alert_id = any(:alert_ids);
