-- name: audit_add!
insert into audit (at, actor, account_id, role, act, noun, key, area, stage_from, stage_to, note, detail, address)
values (:at, :actor, :account_id, :role, :act, :noun, :key, :area, :stage_from, :stage_to, :note, :detail, :address);

-- name: audit_of_noun
select * from (select audit_id as id, at, actor, role, act, stage_from, stage_to, note, detail
    from audit where noun = :noun and key = :key order by audit_id desc limit :limit) newest
order by id;

-- name: audit_list
select audit_id as id, at, actor, account_id, role, act, noun, key, area, stage_from, stage_to, note, detail, address
from audit
where audit_id < :after and (cast(:noun as text) is null or noun = :noun) and (cast(:actor as text) is null or actor = :actor)
  and area like any(cast(:areas as text[]))
order by audit_id desc limit :limit;

-- name: idempotency_lock^
select pg_advisory_xact_lock(hashtextextended(:actor || '/' || :key, 0));

-- name: idempotency_recall^
select request, status, body, at from idempotency where actor = :actor and key = :key and at > :since;

-- name: idempotency_remember!
insert into idempotency (key, actor, at, request, status, body) values (:key, :actor, :at, :request, :status, :body)
on conflict (actor, key) do update set at = excluded.at, request = excluded.request, status = excluded.status, body = excluded.body;

-- name: idempotency_keep!
update idempotency set at = :now where actor = :actor and key = :key and status = 0 and body = :holder;

-- name: idempotency_release!
delete from idempotency where actor = :actor and key = :key and status = 0 and body = :holder;

-- name: idempotency_purge!
delete from idempotency where at < :before;

-- name: outbox_add!
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
values (:now, :dedupe_key, :target, :template, :payload, :severity, :now)
on conflict (dedupe_key) do nothing;
