-- Messages on their way out: claimed in portions, sent under an id that a repetition shares, marked after sending.

-- name: outbox_claim
-- A summary that was begun is claimed whole, or its id would name other messages than before.
with picked as (
    select outbox_id, bundle from outbox
    where channel = :channel and sent_at is null and failed_at is null and handed_at is null and due_at <= :now and (leased_until is null or leased_until <= :now)
    order by severity, outbox_id limit :most for update skip locked)
select o.outbox_id, o.dedupe_key, o.target, o.template, o.severity, o.payload, o.created_at, o.attempts, o.refused, o.recipients, o.bundle
from outbox o
where o.sent_at is null and o.failed_at is null
  and (o.outbox_id in (select outbox_id from picked) or o.bundle in (select bundle from picked where bundle is not null))
for update skip locked;

-- name: outbox_sent_lately
select recipients, count(distinct coalesce(bundle, outbox_id))::integer as parcels from outbox
where channel = :channel and sent_at > :since and recipients is not null group by recipients;

-- name: outbox_lease*!
update outbox set leased_until = :until, attempts = least(attempts + 1, 1000), recipients = :recipients, bundle = :bundle where outbox_id = any (:ids);

-- name: outbox_postpone!
update outbox set due_at = :until where outbox_id = any (:ids);

-- name: outbox_nobody!
update outbox set due_at = :until, leased_until = null, bundle = null, error = 'nobody to tell' where outbox_id = any (:ids);

-- name: outbox_release!
update outbox set leased_until = null, attempts = greatest(attempts - 1, 0) where outbox_id = any (:ids) and sent_at is null;

-- name: outbox_sent!
update outbox set sent_at = :now, leased_until = null, error = null where outbox_id = any (:ids) and sent_at is null;

-- name: outbox_not_sent!
update outbox set leased_until = null, due_at = :due_at, failed_at = :failed_at, error = :error,
    refused = least(refused + :refused, 1000) where outbox_id = any (:ids) and sent_at is null;

-- name: outbox_people
-- On shift: at a desk, or by a roster of this hour (a night may have begun the day before), in person or for somebody else.
with recursive serving (account_id, step) as (
    select r.cycle[1 + mod(mod(d.day - r.anchor, cardinality(r.cycle)) + cardinality(r.cycle), cardinality(r.cycle))], 0
    from rosters r, unnest(array[0, 1]) as back, lateral (select cast(cast(:now as timestamptz) at time zone r.zone as date) - back as day) d
    where d.day >= r.since and (r.until is null or d.day < r.until)
      and cast(:now as timestamptz) >= (d.day + r.starts) at time zone r.zone
      and cast(:now as timestamptz) < (d.day + case when r.starts < r.ends then 0 else 1 end + r.ends) at time zone r.zone
    union
    select s.stand_in_id, v.step + 1 from serving v join substitutions s on s.for_id = v.account_id
    where s.since <= :now and least(s.until, s.ended_at) > :now and v.step < 8)
select a.account_id, a.login, a.title, a.role, a.areas, a.unit_id as unit,
       exists (select from shifts s where s.account_id = a.account_id and s.stage <> 'ended')
       or (exists (select from serving v where v.account_id = a.account_id)
           and not exists (select from substitutions s where s.for_id = a.account_id and s.since <= :now and least(s.until, s.ended_at) > :now)) as on_shift
from accounts a where a.disabled_at is null order by a.account_id;

-- name: outbox_health
-- `withheld` on purpose is no failure.
select channel, count(*) filter (where sent_at is null and failed_at is null)::integer as waiting,
       min(created_at) filter (where sent_at is null and failed_at is null) as oldest_at,
       count(*) filter (where failed_at > :since and left(error, 8) <> 'withheld')::integer as failed, max(sent_at) as sent_at,
       count(*) filter (where sent_at > :since)::integer as sent,
       (array_agg(error order by due_at desc) filter (where error is not null and sent_at is null and failed_at is null))[1] as error
from outbox where (sent_at is null and failed_at is null) or created_at > :since group by channel order by channel;

-- name: outbox_forget!
delete from outbox where created_at < :before and (sent_at is not null or failed_at is not null) and (channel <> 'hotline' or created_at < :handed_back);

-- name: notices_put^
insert into notices (parcel, at, accounts, severity, template, title, area, items, drill, simulated)
values (:parcel, :now, :accounts, :severity, :template, :title, :area, :items, :drill, :simulated)
on conflict (parcel) do nothing returning notice_id;

-- name: notices_list
select notice_id as id, at, severity, template, title, area, items, drill, simulated, (:account_id)::integer = any (seen_by) as seen
from notices where accounts @> array[(:account_id)::integer] and notice_id < :after
  and ((:unseen)::boolean is not true or not (:account_id)::integer = any (seen_by))
order by notice_id desc limit :limit;

-- name: notices_see!
update notices set seen_by = seen_by || (:account_id)::integer, version = version + 1
where notice_id = any (:ids) and accounts @> array[(:account_id)::integer] and not (:account_id)::integer = any (seen_by);

-- name: notices_forget!
delete from notices where at < :before;

-- name: outbox_copy!
-- What was told on desks, to somebody who can be reached elsewhere, too: once a message, person and channel.
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
select :now, o.dedupe_key || '#' || a.account_id || '@' || :channel, :channel || '/account:' || a.account_id, o.template, o.payload, o.severity, :now
from outbox o, unnest(:accounts ::integer[]) as a (account_id)
where o.outbox_id = any (:ids)
on conflict (dedupe_key) do nothing;

-- name: outbox_not_told
-- What was given up, and whose act it was: the audit has the same moment. What was passed on from another channel is asked of its first row.
select o.outbox_id, o.channel, o.target, o.template, o.severity, o.payload, o.error, t.noun, t.key, s.account_id as sent_by,
       (select string_agg(a.title, ' · ' order by a.account_id) from accounts a where a.account_id = any (o.recipients)) as who
from outbox o
cross join lateral (select coalesce(o.payload ->> 'noun', 'case') as noun, coalesce(o.payload ->> 'number', o.payload ->> 'id') as key,
                           regexp_replace(o.dedupe_key, '(#[0-9]+>[^#>]+)+$', '') as first_key) t
left join lateral (
    select a.account_id from audit a join accounts p on p.account_id = a.account_id and p.disabled_at is null
    where a.noun = t.noun and a.key = t.key and a.at = coalesce((select b.created_at from outbox b where b.dedupe_key = t.first_key), o.created_at)
    order by a.audit_id desc limit 1) s on true
where o.outbox_id = any (:ids) and o.failed_at is not null and o.channel not in ('screen', 'probe', 'hotline')
  and left(coalesce(o.error, ''), 8) <> 'withheld' and o.dedupe_key !~ '#[0-9]+@'
order by o.outbox_id;
