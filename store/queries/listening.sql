-- When somebody listened to a feed.

-- name: listening_mark!
-- One row a feed, whoever writes: several workers lengthen one period, and the one who comes after a gap begins another and writes the gap down.
with marked as (
    insert into listening as l (feed, since, until) values (:feed, :now, :now)
    on conflict (feed) do update set
        since = case when l.until < :gone then excluded.since else l.since end,
        away_since = case when l.until < :gone then l.until else l.away_since end,
        until = greatest(l.until, excluded.until)
    returning feed, since, away_since)
insert into listening_gaps (feed, since, until)
select feed, coalesce(away_since, '-infinity'), since from marked where since = :now
on conflict (feed, since) do nothing;

-- name: listening_read
select feed, since, until, away_since from listening where feed = any (cast(:feeds as text[])) order by feed;

-- name: listening_told$
select max(returned_at) from alerts where rule = :rule and subject = :subject;

-- name: listening_forget!
-- What is configured no more: a device never heard waits for none of them. No device is waited for as long as gaps are kept.
with old as (
    delete from listening_gaps where feed <> all (cast(:feeds as text[])) or until < (select max(until) from listening) - interval '2 years')
delete from listening where feed <> all (cast(:feeds as text[]));
