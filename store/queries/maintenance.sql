-- Devices that were silent for too long, and the case of each absence.

-- name: maintenance_silences
-- Those that ring for longer than the limit of their kind, are held by nobody, and have no case for this absence yet: a page after the last one's end.
-- `kinds`, `befores`: of each of `rules` since when it must ring; of a kind, or (null) of every other.
-- `since` and `until`: when its feed was listened to; of a device whose feed nobody knows, when all were. `deaf`: for how long not, since it rings.
-- `gateway_down`: its gateway rings too, and nothing has come through it since. Of silence the subject of an alert is the device.
with limits as (select * from unnest(:rules ::text[], :kinds ::text[], :befores ::timestamptz[]) as t (rule, kind, before))
select a.alert_id, a.rule, a.raised_at, d.device_id, d.device, d.name, d.kind, d.tags, here.cell_code, d.owner, d.domain, d.area, d.interval_s, d.silent_at,
       coalesce(one.since, every.since) as since, coalesce(one.until, every.until) as until, gaps.deaf,
       coalesce(before.down and (before.heard_at is null or before.heard_at <= g.silent_at + make_interval(secs => g.interval_s)), false) as gateway_down,
       before.back_at as gateway_back_at
from alerts a join devices d using (device_id) left join listening one on one.feed = d.feed left join devices g on g.device = d.gateway
left join cells here on here.cell_id = d.cell_id
cross join lateral (
    select l.before from limits l where l.rule = a.rule and (l.kind is null or l.kind = coalesce(d.kind, '')) order by l.kind nulls last limit 1) own
cross join (select max(since) as since, min(until) as until from listening) every
cross join lateral (
    select coalesce(sum(upper(gap) - lower(gap)), '0') as deaf
    from (select unnest(range_agg(tstzrange(greatest(l.since, a.raised_at, d.silent_at), l.until))) as gap from listening_gaps l
          where l.until > greatest(a.raised_at, d.silent_at) and (l.feed = one.feed or one.feed is null)) apart) gaps
left join lateral (
    select bool_or(x.stage in ('unack', 'acked')) as down, max(x.returned_at) as back_at,
           (select max(s.updated_at) from devices b join device_states s using (device_id) where b.gateway = g.device) as heard_at
    from alerts x where x.subject = g.device and x.rule = any(cast(:silence_rules as text[])) and x.raised_at > :now - interval '30 days') before on true
where a.rule = any(cast(:rules as text[])) and a.stage in ('unack', 'acked') and a.hold = 'none' and a.raised_at <= own.before and d.silent_at <= own.before
  and not exists (select from maintenance m where m.device_id = d.device_id and m.back_at is null)
  and (d.silent_at, a.alert_id) > (:after_at, :after_id)
order by d.silent_at, a.alert_id limit :limit;

-- name: maintenance_present^
-- The absence that is written down already.
select case_number from maintenance where device_id = :device_id and back_at is null;

-- name: maintenance_case^
-- What somebody opened for this alert meanwhile, whatever became of it; else what is still open of an earlier absence, opened by us or by somebody for its alert.
select case_number, area from cases
where (alert_id = :alert_id and opened_at >= :since)
   or (stage <> all(cast(:ended as text[])) and case_number in (select m.case_number from maintenance m where m.device_id = :device_id))
   or (stage <> all(cast(:ended as text[])) and alert_id in (
       select x.alert_id from alerts x join devices d on d.device = x.subject where d.device_id = :device_id and x.rule = any(cast(:silence_rules as text[]))))
order by opened_at desc limit 1;

-- name: maintenance_add!
insert into maintenance (device_id, case_number, silent_at, opened_at) values (:device_id, :case_number, :silent_at, :now);

-- name: maintenance_back
-- Who speaks again, each absence once.
update maintenance m set back_at = :now from devices d, cases c
where m.back_at is null and d.device_id = m.device_id and d.silent_at is null and c.case_number = m.case_number
returning m.case_number, c.area, d.device, m.silent_at;
