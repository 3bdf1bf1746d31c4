-- What a sweep could not move.

-- name: sweep_waiting
select key, version from sweep_faults where part = :part and again_at > :now;

-- name: sweep_failed$
-- How often it has failed for this very reason; each time it waits twice as long, an hour at most.
insert into sweep_faults as f (part, key, version, why, since, again_at) values (:part, :key, :version, :why, :now, :now + interval '10 s')
on conflict (part, key) do update set version = excluded.version, why = excluded.why,
    since = case when f.version = excluded.version and f.why = excluded.why then f.since else excluded.since end,
    tries = case when f.version = excluded.version and f.why = excluded.why then f.tries + 1 else 1 end,
    again_at = case when f.version = excluded.version and f.why = excluded.why
        then :now + least(interval '10 s' * power(2, least(f.tries, 10)), interval '1 hour') else excluded.again_at end
returning tries;

-- name: sweep_mended
delete from sweep_faults where part = :part and key = any(:keys) returning key, since;

-- name: sweep_forget!
delete from sweep_faults where again_at < :before;
