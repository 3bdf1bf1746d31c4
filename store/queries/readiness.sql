-- What /readyz and /metrics ask.

-- name: readiness_leader$
-- The lock of store/leader.py.
select exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    and classid = 0 and objid = :key and granted);

-- name: readiness_feeds
select feed, worker, state, accepted, duplicates, rejected, last_at, updated_at from feed_health;

-- name: readiness_rejected
select feed, reason, count(*)::integer as n from rejected where received_at > :since group by 1, 2;
