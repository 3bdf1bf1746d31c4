-- Of a message to people one row each: given over from the outbox, claimed in portions, marked after sending; and what came of it.

-- name: deliveries_waiting
select outbox_id, dedupe_key, target, template, severity, payload, created_at, attempts, recipients, bundle from outbox
where channel = :channel and sent_at is null and failed_at is null and handed_at is null and due_at <= :now
order by severity, outbox_id limit :most for update skip locked;

-- name: deliveries_hand_over!
insert into deliveries (outbox_id, account_id, channel, severity, due_at, held)
select t.outbox_id, t.account_id, :channel, t.severity, t.due_at, t.held
from unnest(:outbox_ids ::bigint[], :account_ids ::integer[], :severities ::smallint[], :due_ats ::timestamptz[], :helds ::boolean[])
    as t (outbox_id, account_id, severity, due_at, held)
on conflict do nothing;

-- name: deliveries_handed!
update outbox o set handed_at = :now, attempts = attempts + 1, error = null,
    recipients = (select array_agg(account_id order by account_id) from deliveries d where d.outbox_id = o.outbox_id)
where outbox_id = any (:ids);

-- name: deliveries_claim
-- A summary that was begun is claimed whole, or its id would name other messages than before.
with picked as (
    select delivery_id, bundle from deliveries
    where channel = :channel and sent_at is null and failed_at is null and due_at <= :now and (leased_until is null or leased_until <= :now)
    order by severity, delivery_id limit :most for update skip locked)
select d.delivery_id as outbox_id, o.dedupe_key || '#' || d.account_id as dedupe_key, o.target, o.template, d.severity, o.payload, o.created_at, d.attempts, d.refused,
       array[d.account_id] as recipients, d.bundle, d.held
from deliveries d join outbox o using (outbox_id)
where d.sent_at is null and d.failed_at is null
  and (d.delivery_id in (select delivery_id from picked) or d.bundle in (select bundle from picked where bundle is not null))
for update of d skip locked;

-- name: deliveries_sent_lately
select array[account_id] as recipients, count(distinct coalesce(bundle, delivery_id))::integer as parcels from deliveries
where channel = :channel and sent_at > :since group by account_id;

-- name: deliveries_lease*!
update deliveries set leased_until = :until, attempts = least(attempts + 1, 1000), bundle = :bundle where delivery_id = any (:ids);

-- name: deliveries_postpone!
update deliveries set due_at = :until where delivery_id = any (:ids);

-- name: deliveries_release!
update deliveries set leased_until = null, attempts = greatest(attempts - 1, 0) where delivery_id = any (:ids) and sent_at is null;

-- name: deliveries_sent!
update deliveries set sent_at = :now, leased_until = null, error = null, reference = nullif(:reference, '') where delivery_id = any (:ids) and sent_at is null;

-- name: deliveries_not_sent!
update deliveries set leased_until = null, due_at = :due_at, failed_at = :failed_at, error = :error,
    refused = least(refused + :refused, 1000) where delivery_id = any (:ids) and sent_at is null;

-- name: deliveries_conclude
-- The one row of the outbox says in the end whether anybody was told.
update outbox o set sent_at = s.sent_at, failed_at = case when s.sent_at is null then s.failed_at end, error = case when s.sent_at is null then s.error end
from (select d.outbox_id, max(d.sent_at) as sent_at, max(d.failed_at) as failed_at, max(d.error) as error from deliveries d
      where d.outbox_id in (select outbox_id from deliveries where delivery_id = any (:ids)) group by d.outbox_id
      having bool_and(d.sent_at is not null or d.failed_at is not null)) s
where o.outbox_id = s.outbox_id and o.sent_at is null and o.failed_at is null
returning o.outbox_id;

-- name: deliveries_pass_on!
-- Who could not be told here is told by another channel, once.
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
select :now, o.dedupe_key || '#' || d.account_id || '>' || :channel, :channel || '/account:' || d.account_id, o.template, o.payload, o.severity, :now
from deliveries d join outbox o using (outbox_id) where d.delivery_id = any (:ids)
on conflict (dedupe_key) do nothing;

-- name: deliveries_told
-- Of one thing: every message of it, and of each whom it reached.
with messages as (
    select outbox_id, dedupe_key, channel, template, target, created_at, sent_at, failed_at, error from outbox
    where payload ? 'noun' and payload ->> 'noun' = :noun and payload ->> 'id' = :key
    union
    select outbox_id, dedupe_key, channel, template, target, created_at, sent_at, failed_at, error from outbox
    where :noun = 'case' and payload ? 'number' and payload ->> 'number' = :key)
select m.channel, m.template, m.target, m.created_at, m.sent_at, m.failed_at, m.error,
       (select coalesce(json_agg(json_build_object('account', d.account_id, 'title', a.title, 'held', d.held, 'attempts', d.attempts, 'sent_at', d.sent_at,
                   'delivered_at', d.delivered_at, 'read_at', d.read_at, 'failed_at', d.failed_at, 'error', d.error) order by d.delivery_id), '[]')
        from deliveries d join accounts a using (account_id) where d.outbox_id = m.outbox_id) as people,
       (select coalesce(json_agg(json_build_object('account', s.account_id, 'title', a.title)), '[]')
        from desk_reads(m.dedupe_key, m.outbox_id) s join accounts a using (account_id)) as read_by
from messages m order by m.outbox_id limit :limit;

-- name: deliveries_receipt
-- By our id, or by what the gateway calls it.
update deliveries d set delivered_at = coalesce(d.delivered_at, case when :state in ('delivered', 'read') then cast(:at as timestamptz) end),
    read_at = coalesce(d.read_at, case when :state = 'read' then cast(:at as timestamptz) end),
    failed_at = case when :state = 'failed' and d.delivered_at is null then cast(:at as timestamptz) else d.failed_at end,
    error = case when :state = 'failed' and d.delivered_at is null then 'not delivered' else d.error end
where d.channel = :channel and d.sent_at is not null and (cast(:account_id as integer) is null or d.account_id = :account_id)
  and (d.reference = :id or (d.bundle is not null and 'bundle/' || d.bundle = :id)
       or (d.bundle is null and d.outbox_id = (select outbox_id from outbox where dedupe_key = substring(:id from '^(.*)#[0-9]+$'))
           and d.account_id::text = substring(:id from '#([0-9]+)$')))
returning d.delivery_id, d.failed_at is not null and d.delivered_at is null as lost;
