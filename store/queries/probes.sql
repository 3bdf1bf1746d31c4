-- Proofs of the path, leg by leg.

-- name: probes_register!
-- Never silent: a proof that does not come is the business of the rule that watches for it.
insert into devices (device, name, domain, area, placement, interval_s, verified, simulated, probe, created_at, updated_at)
values (:device, '链路自检', 'urban', :area, 'none', 31536000, true, false, true, :now, :now)
on conflict (device) do update set probe = true, interval_s = 31536000, area = :area where not devices.probe or devices.area <> :area;

-- name: probes_begin$
insert into probes (wire, started_at) values (:wire, :now) returning probe_id;

-- name: probes_sent!
update probes set sent_at = :at where probe_id = :probe_id;

-- name: probes_screen!
update probes set screen_at = coalesce(screen_at, :at) where probe_id = :probe_id;

-- name: probes_arrive!
update probes p set arrived_at = coalesce(p.arrived_at, :now), told_at = coalesce(p.told_at, :told_at), alert_id = a.alert_id, raised_at = a.raised_at
from alerts a where a.alert_id = :alert_id and p.probe_id = a.value::bigint and a.probe and a.subject = :subject;

-- name: probes_find!
update probes p set alert_id = a.alert_id, raised_at = a.raised_at from alerts a
where p.probe_id = :probe_id and p.alert_id is null and a.probe and a.subject = :subject and a.value = :probe_id and a.raised_at > p.started_at - interval '1 minute';

-- name: probes_state^
select probe_id, wire, started_at, sent_at, alert_id, raised_at, screen_at, told_at, arrived_at, cleared_at, ok, leg from probes where probe_id = :probe_id;

-- name: probes_settle!
update probes set ok = :ok, leg = :leg, cleared_at = :now where probe_id = :probe_id and ok is null;

-- name: probes_abandon!
-- Of a leader that died in the middle: it proves nothing either way.
delete from probes where ok is null and started_at < :before;

-- name: probes_open_alerts
-- Waited for: one that were left open would keep the next proof from ringing.
select alert_id from alerts where probe and stage <> 'normal' order by alert_id for update;

-- name: probes_clear!
update alerts set stage = 'normal', ended_at = :now, updated_at = :now, returned_at = coalesce(returned_at, :now), version = version + 1
where alert_id = any (:ids) and stage <> 'normal';

-- name: probes_standing^
select (select max(arrived_at) from probes where ok) as last_at,
       (select count(*) from probes f where not f.ok and f.probe_id > coalesce((select max(probe_id) from probes where ok), 0))::integer as failed,
       coalesce((select leg from probes where not ok order by probe_id desc limit 1), '') as leg,
       (select min(started_at) from probes where started_at > :since) as since;

-- name: probes_last^
select probe_id as id, wire, started_at, sent_at, raised_at, screen_at, told_at, arrived_at, cleared_at, ok, leg from probes
where ok is not null order by probe_id desc limit 1;

-- name: probes_legs^
-- Seconds; a leg that was not taken (no screen is listened to) is left out.
with took as (
    select extract(epoch from sent_at - started_at)::float8 as wire, extract(epoch from raised_at - sent_at)::float8 as rule,
           extract(epoch from screen_at - sent_at)::float8 as screen, extract(epoch from arrived_at - sent_at)::float8 as notification,
           extract(epoch from greatest(arrived_at, screen_at) - started_at)::float8 as whole
    from probes where ok and started_at > :since)
select count(*)::integer as n,
       percentile_cont(array[0.5, 0.95]) within group (order by wire) as wire,
       percentile_cont(array[0.5, 0.95]) within group (order by greatest(rule, 0)) as rule,
       percentile_cont(array[0.5, 0.95]) within group (order by screen) as screen,
       percentile_cont(array[0.5, 0.95]) within group (order by notification) as notification,
       percentile_cont(array[0.5, 0.95]) within group (order by whole) as whole
from took;

-- name: probes_failed$
select count(*)::integer from probes where not ok and started_at > :since;

-- name: probes_token!
delete from tokens where name = :name;

-- name: probes_forget!
delete from probes where started_at < :before;
