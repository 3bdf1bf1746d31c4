-- name: slot_renew
update feed_slots set leased_until = now() + make_interval(secs => :seconds) where holder = :holder returning slot;

-- name: slot_take_free
-- Lowest free numbers first; those another worker is just taking are skipped.
with free as (select slot from feed_slots where leased_until < now() order by slot limit :limit for update skip locked)
update feed_slots s set holder = :holder, leased_until = now() + make_interval(secs => :seconds) from free where s.slot = free.slot returning s.slot;

-- name: slot_create^
insert into feed_slots (slot, holder, leased_until)
select coalesce(max(slot) + 1, 0), :holder, now() + make_interval(secs => :seconds) from feed_slots
on conflict (slot) do nothing returning slot;

-- name: slot_release!
update feed_slots set leased_until = now() - interval '1 second' where holder = :holder;

-- name: health_write!
insert into feed_health as h (feed, worker, state, since, detail, accepted, duplicates, rejected, last_at, updated_at)
values (:feed, :worker, :state, :since, :detail, :accepted, :duplicates, :rejected, :last_at, :now)
on conflict (feed, worker) do update set state = excluded.state, since = excluded.since, detail = excluded.detail,
    accepted = h.accepted + excluded.accepted, duplicates = h.duplicates + excluded.duplicates, rejected = h.rejected + excluded.rejected,
    last_at = coalesce(excluded.last_at, h.last_at), updated_at = excluded.updated_at;
