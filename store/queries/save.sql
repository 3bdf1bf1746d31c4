-- name: save_alerts_raised
-- All that a batch raises, no rule and subject twice, NaN for a number that is missing: 500 of them by one statement each held their transaction for half a second.
-- `rings`: what rang before of late on the same subject counts for flapping. Who meets an open row was overtaken by another worker with the
-- same news: one alert, rung once, as grave as the graver of the two.
with raised as (
    select * from unnest(:rules ::text[], :subjects ::text[], :device_ids ::int4[], :metric_ids ::int2[], :report_ids ::int8[], :domains ::text[], :class_codes ::text[],
        :severities ::int2[], :titles ::text[], :values ::float8[], :thresholds ::float8[], :units ::text[], :areas ::text[], :cell_ids ::int4[], :lons ::float8[],
        :lats ::float8[], :times ::timestamptz[], :drills ::bool[], :simulateds ::bool[], :endeds ::bool[], :levels ::int2[], :revisions ::int8[], :probes ::bool[],
        :flap_times ::int4[], :flap_withins ::interval[]) with ordinality
        as t (rule, subject, device_id, metric_id, report_id, domain, class_code, severity, title, value, threshold, unit, area, cell_id, lon,
              lat, observed_at, drill, simulated, ended, level, revision, probe, flap_times, flap_within, place))
insert into alerts (rule, subject, device_id, metric_id, report_id, domain, class_code, severity, stage, title, value, threshold, unit, area, cell_id, lon, lat,
    observed_at, raised_at, updated_at, returned_at, drill, simulated, level, revision, probe, rings, flapping)
select rule, subject, device_id, metric_id, report_id, domain, class_code, severity, case when ended then 'rtn_unack' else 'unack' end, title,
    nullif(value, 'NaN'), nullif(threshold, 'NaN'), unit, area, cell_id, nullif(lon, 'NaN'), nullif(lat, 'NaN'), observed_at, :now, :now, case when ended then :now ::timestamptz end, drill, simulated, level, revision, probe, rung.rings,
    flap_times between 1 and cardinality(rung.rings)
from raised t cross join lateral (
    select array(
        select ring from unnest((
            -- By the subject's index (+ 0): read backwards by number, a subject that never rang would cost every alert there is.
            select a.rings from alerts a where a.rule = t.rule and a.subject = t.subject and t.flap_times > 0 order by a.alert_id + 0 desc limit 1)) ring
        where ring > t.observed_at - t.flap_within order by ring) || t.observed_at as rings) rung
order by place
on conflict (rule, subject) where stage <> 'normal' do update
set stage = case alerts.stage when 'rtn_unack' then excluded.stage else alerts.stage end, count = alerts.count + (alerts.stage = 'rtn_unack')::int,
    severity = least(alerts.severity, excluded.severity), level = greatest(alerts.level, excluded.level),
    title = case when excluded.level > alerts.level then excluded.title else alerts.title end,
    threshold = case when excluded.level > alerts.level then excluded.threshold else alerts.threshold end,
    updated_at = excluded.updated_at, version = alerts.version + 1
returning rule, subject, alert_id;

-- name: save_lock_alerts!
-- In the order in which officers lock them: with any other two would wait for each other.
select from alerts where alert_id = any (:alert_ids) order by alert_id for update;

-- name: save_alert_returned!
update alerts set stage = case stage when 'acked' then 'normal' else 'rtn_unack' end, returned_at = :now, updated_at = :now, value = coalesce(:value, value),
    ended_at = case stage when 'acked' then :now ::timestamptz else ended_at end, state_known = true, flapping = false, version = version + 1
where alert_id = :alert_id and stage in ('unack', 'acked');

-- name: save_alert_again$
-- Whoever saw it go a moment ago and ended it cannot have seen it come: then it is a new alert.
with rung as (
    select alert_id, array(select ring from unnest(rings) ring where ring > :observed_at ::timestamptz - :flap_within ::interval order by ring)
                     || :observed_at ::timestamptz as rings
    from alerts where alert_id = :alert_id),
again as (
    update alerts a set stage = case a.stage when 'rtn_unack' then 'unack' else a.stage end, returned_at = null, updated_at = :now, value = coalesce(:value, value),
        count = count + 1, state_known = true, version = version + 1, rings = rung.rings, flapping = :flap_times between 1 and cardinality(rung.rings),
        level = coalesce(:level, level), severity = coalesce(:severity, severity), threshold = coalesce(:threshold, threshold), title = coalesce(:title, title),
        worst = nullif(least(coalesce(worst, severity), coalesce(:severity, severity)), coalesce(:severity, severity))
    from rung where a.alert_id = rung.alert_id and a.stage <> 'normal'
    returning a.alert_id),
anew as (
    insert into alerts (rule, subject, device_id, metric_id, report_id, domain, class_code, severity, stage, title, value, threshold, unit, area, cell_id, lon, lat,
        observed_at, raised_at, updated_at, drill, simulated, level, revision, probe, rings, flapping)
    select a.rule, a.subject, a.device_id, a.metric_id, a.report_id, a.domain, a.class_code, coalesce(:severity, a.severity), 'unack', coalesce(:title, a.title),
        coalesce(:value, a.value), coalesce(:threshold, a.threshold), a.unit, a.area, a.cell_id, a.lon, a.lat,
        :observed_at, :now, :now, a.drill, a.simulated, coalesce(:level, a.level), a.revision, a.probe, rung.rings, :flap_times between 1 and cardinality(rung.rings)
    from alerts a join rung using (alert_id) where a.stage = 'normal'
    on conflict (rule, subject) where stage <> 'normal' do nothing
    returning alert_id)
select alert_id from again union all select alert_id from anew;

-- name: save_alert_worsened!
-- Whoever acknowledged the milder one has not seen this.
update alerts set stage = 'unack', severity = :severity, level = :level, threshold = :threshold, title = :title, value = coalesce(:value, value),
    worst = nullif(least(coalesce(worst, severity), :severity), :severity), acked_at = null, acked_by = null, acked_id = null, ack_note = null,
    state_known = true, updated_at = :now, version = version + 1
where alert_id = :alert_id and stage in ('unack', 'acked');

-- name: save_alert_eased!
-- The version stays: an officer's act is not stale because it became milder.
update alerts set worst = least(coalesce(worst, severity), severity), severity = :severity, level = :level, threshold = :threshold, title = :title,
    value = coalesce(:value, value), state_known = true, updated_at = :now
where alert_id = :alert_id and stage in ('unack', 'acked');

-- name: save_alert_seen!
-- The version stays: an officer's act is not stale because the water rose by a centimetre.
update alerts set value = coalesce(:value, value), state_known = :known, updated_at = :now where alert_id = :alert_id and stage <> 'normal';

-- name: save_alert_retold!
-- The version stays, as when it is seen.
update alerts set title = :title, area = :area, cell_id = :cell_id, lon = coalesce(:lon, lon), lat = coalesce(:lat, lat), simulated = :simulated,
    observed_at = :observed_at, value = coalesce(:value, value), state_known = true, updated_at = :now
where alert_id = :alert_id and stage <> 'normal';

-- name: save_wait!
insert into rule_waits (rule, subject, level, device_id, metric_id, since, due_at, value)
values (:rule, :subject, :level, :device_id, :metric_id, :since, :due_at, :value)
on conflict (rule, subject, level) do nothing;

-- name: save_wait_dropped!
delete from rule_waits where rule = :rule and subject = :subject and level = :level;

-- name: save_device_silent!
-- Its watch ends with this word: on whose feed it was heard is kept here.
update devices set silent_at = :since, feed = coalesce((select w.feed from device_watch w where w.device_id = :device_id), feed)
where device_id = :device_id and silent_at is null;

-- name: save_watch_dropped!
delete from device_watch where device_id = :device_id;

-- name: save_device_back!
update devices set silent_at = null where device_id = :device_id and silent_at is not null;

-- name: save_watches!
insert into device_watch as w (device_id, attention_at, feed, inhibited)
select * from unnest(:devices ::int4[], :moments ::timestamptz[], :feeds ::text[], :inhibited ::bool[]) as t (device_id, attention_at, feed, inhibited) order by device_id
on conflict (device_id) do update set attention_at = excluded.attention_at, feed = coalesce(excluded.feed, w.feed), inhibited = excluded.inhibited;

-- name: save_device_change!
insert into change_log (processed_at, area, noun, key, before, after)
select :now, area, 'device', device, jsonb_build_object('silent_at', (:was)::timestamptz), jsonb_build_object('device', device, 'device_id', device_id, 'silent_at', silent_at)
from devices where device_id = :device_id;
