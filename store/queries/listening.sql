-- When somebody listened to a feed.

-- name: listening_mark!
-- One row a feed, whoever writes: several workers lengthen one period, and the one who comes after a gap begins another.
insert into listening as l (feed, since, until) values (:feed, :now, :now)
on conflict (feed) do update set
    since = case when l.until < :gone then excluded.since else l.since end,
    away_since = case when l.until < :gone then l.until else l.away_since end,
    until = greatest(l.until, excluded.until);

-- name: listening_read
select feed, since, until, away_since from listening where feed = any (cast(:feeds as text[])) order by feed;

-- name: listening_told$
select max(returned_at) from alerts where rule = :rule and subject = :subject;

-- name: listening_forget!
-- What is configured no more: a device never heard waits for none of them.
delete from listening where feed <> all (cast(:feeds as text[]));
