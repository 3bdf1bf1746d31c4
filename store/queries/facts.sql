-- name: facts_due_devices
-- A few at a time and only those nobody else is looking at.
-- `since` and `until`: when its feed was listened to; of a device whose feed nobody knows, when all were. Null: nobody ever listened.
-- `seen_at` of one that never sent a value: when it was said to have left. A watch that began with its silence knows no feed: the device does.
-- `deaf`: how much of the time from its last word to `since` nobody did, or not all did.
with due as (select device_id, feed, inhibited from device_watch where attention_at <= :now order by attention_at limit :limit for update skip locked)
select d.device_id, d.device, d.presence, d.silent_at is not null as silent, d.gateway, due.inhibited,
       last.seen_at, coalesce(one.since, every.since) as since, coalesce(one.until, every.until) as until, gaps.deaf
from due join devices d using (device_id) left join listening one on one.feed = coalesce(due.feed, d.feed)
cross join (select max(since) as since, min(until) as until from listening) every
cross join lateral (select coalesce(max(s.updated_at), d.silent_at, d.created_at) as seen_at from device_states s where s.device_id = d.device_id) last
cross join lateral (
    select coalesce(sum(upper(gap) - lower(gap)), '0') as deaf
    from (select unnest(range_agg(tstzrange(greatest(g.since, last.seen_at), g.until))) as gap from listening_gaps g
          where g.until > last.seen_at and (g.feed = one.feed or one.feed is null)) apart) gaps;

-- name: facts_gateways
-- A gateway speaks whenever anything behind it does.
select g.device, g.silent_at is not null as silent, case when g.presence = 'offline' then g.presence_at end as offline_at, w.attention_at,
       greatest((select max(s.updated_at) from device_states s where s.device_id = g.device_id),
                (select max(s.updated_at) from devices d join device_states s using (device_id) where d.gateway = g.device)) as heard_at
from devices g left join device_watch w using (device_id) where g.device = any(:gateways ::text[]);

-- name: facts_due_waits
-- Of a silent device only what a person wrote down (quality 9) is known. Its states are locked as well, and read as they are once locked:
-- a worker with a calmer reading would see the wait and no alert, and what rings here would ring for ever. Whoever holds one is not waited for.
with due as (select d.device, w.metric_id, s.value, s.quality, s.observed_at, s.changed_at
             from rule_waits w join devices d using (device_id) join device_states s using (device_id, metric_id)
             where w.due_at <= :now and (d.silent_at is null or s.quality = 9)
             order by w.due_at limit :limit for update of w, s skip locked)
select distinct device, metric, value, quality, observed_at, changed_at from due join metrics m using (metric_id);

-- name: facts_alerts
-- No locks: the device's state row is ours already, and what an officer does meanwhile the saving statements respect.
-- Two questions, an index each: with an "or" between them the planner may read every open alert.
select alert_id, rule, subject, device_id, stage, value, state_known, updated_at, level, severity, rings, flapping from alerts
where stage <> 'normal' and device_id = any(:devices ::int4[])
union all
select alert_id, rule, subject, device_id, stage, value, state_known, updated_at, level, severity, rings, flapping from alerts
where stage <> 'normal' and subject = any(:subjects ::text[]) and (device_id is null or device_id <> all(:devices ::int4[]));

-- name: facts_waits
select rule, subject, since, due_at, value, level from rule_waits where device_id = any(:devices ::int4[]);

-- name: facts_rung
select distinct rule, subject from alerts where subject = any(:subjects);

-- name: facts_gone
-- After the word was written down. Who sends words only was there until the first that says it left; saying so again moves nothing.
select device_id, coalesce((select max(s.updated_at) from device_states s where s.device_id = d.device_id), silent_at, presence_at, created_at) as seen_at,
       silent_at is not null as silent, gateway
from devices d where device_id = any(:devices ::int4[]);
