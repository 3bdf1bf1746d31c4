-- Five-minute sums of readings per metric and street, and the end of what is kept no longer.

-- name: rollups_take_dirty
-- Only what is over: the present bucket would be summed anew every half minute, over all that came so far.
delete from rollup_dirty where bucket <= :ended returning bucket;

-- name: rollups_frontier$
-- The first transaction that has not begun yet.
select pg_snapshot_xmax(pg_current_snapshot())::text;

-- name: rollups_passed$
select pg_snapshot_xmin(pg_current_snapshot()) >= (:frontier)::text::xid8;

-- name: rollups_recall^
select memory from wire_memory where feed = 'jobs' and peer = 'rollups' for update;

-- name: rollups_remember!
insert into wire_memory (feed, peer, memory, updated_at) values ('jobs', 'rollups', :memory, :now)
on conflict (feed, peer) do update set memory = excluded.memory, updated_at = excluded.updated_at;

-- name: rollups_clear!
delete from rollups where bucket = any (:buckets ::timestamptz[]);

-- name: rollups_compute!
-- Without what admission refuses by now (`ingest.admit`): two of 1.7e308 stored earlier would overflow their sum.
insert into rollups (bucket, metric_id, street, count, sum, min, max)
select b.bucket, r.metric_id, street_of(d.area), count(*), sum(r.value), min(r.value), max(r.value)
from unnest(:buckets ::timestamptz[]) as b (bucket)
join readings r on r.observed_at >= b.bucket and r.observed_at < b.bucket + interval '5 minutes'
join devices d using (device_id)
where r.quality = 0 and abs(r.value) < 1e100
group by 1, 2, 3;

-- name: rollups_read
select r.bucket, r.street, r.count, r.sum, r.min, r.max from rollups r join metrics m using (metric_id)
where m.metric = :metric and r.bucket >= :since and r.bucket < :until order by r.bucket, r.street;

-- name: retention_drop_readings
select drop_chunks('readings', older_than => :before ::timestamptz);

-- name: retention_rejected!
delete from rejected where rejected_id in (select rejected_id from rejected where received_at < :before order by received_at limit :most);

-- name: retention_audit!
delete from audit where audit_id in (select audit_id from audit where at < :before order by at limit :most);

-- name: retention_changes!
delete from change_log where change_id in (select change_id from change_log where processed_at < :before order by processed_at limit :most);

-- name: retention_sessions!
delete from sessions where expires_at < :now;

-- name: retention_outbox!
delete from outbox where created_at < :before and (sent_at is not null or failed_at is not null);

-- name: retention_feed_health!
-- Of processes that ended only the totals stay, in one row a feed.
with gone as (delete from feed_health where state = 'stopped' and worker <> 'past' and updated_at < :before
              returning feed, since, accepted, duplicates, rejected, last_at, updated_at)
insert into feed_health as h (feed, worker, state, since, accepted, duplicates, rejected, last_at, updated_at)
select feed, 'past', 'stopped', max(since), sum(accepted), sum(duplicates), sum(rejected), max(last_at), max(updated_at) from gone group by feed
on conflict (feed, worker) do update
set since = greatest(h.since, excluded.since), accepted = h.accepted + excluded.accepted, duplicates = h.duplicates + excluded.duplicates,
    rejected = h.rejected + excluded.rejected, last_at = greatest(h.last_at, excluded.last_at), updated_at = greatest(h.updated_at, excluded.updated_at);

-- name: feed_health_stale!
update feed_health set state = 'stopped', since = :now, detail = 'no sign of life' where updated_at < :before and state <> 'stopped';
