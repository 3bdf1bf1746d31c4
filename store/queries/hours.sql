-- Which hours and days are to be measured and derived.

-- name: hours_seen$
select until from hours_seen;

-- name: hours_see!
insert into hours_seen (until) values (:until) on conflict (only_row) do update set until = excluded.until;

-- name: hours_add!
insert into hours_due (work, at, due_at) select :work, t.at, t.at + (:after)::interval
from unnest(cast(:hours as timestamptz[])) as t (at) on conflict do nothing;

-- name: hours_mark!
-- Late data in hours that were already measured. One under way is told to begin again when it is through.
insert into hours_due as h (work, at, due_at)
select distinct 'measure', date_trunc('hour', b.bucket), (:due_at)::timestamptz
from unnest(cast(:buckets as timestamptz[])) as b (bucket), hours_seen s
where b.bucket >= :since and date_trunc('hour', b.bucket) + interval '1 hour' <= s.until
on conflict (work, at) do update set marked = true where h.after_id > 0 and not h.marked;

-- name: hours_next^
select at, after_id from hours_due where work = :work and due_at <= :now order by at limit 1 for update;

-- name: hours_advance!
update hours_due set after_id = :after_id where work = :work and at = :at;

-- name: hours_repeat!
update hours_due set after_id = 0, marked = false, due_at = :due_at where work = :work and at = :at and marked;

-- name: hours_done!
delete from hours_due where work = :work and at = :at;

-- name: hours_waiting$
select exists (select from hours_due where work <> 'day' and due_at <= :now and at < :until);
