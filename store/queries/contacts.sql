-- How people are reached. What stands in `persons` leaves it unmasked only to send.

-- name: contacts_account^
select a.account_id, a.person_id, a.login, a.title, coalesce(p.phone, '') as phone, coalesce(p.mail, '') as mail, coalesce(p.robots, '{}') as robots,
       coalesce(t.language, 'zh') as language, t.quiet_from, t.quiet_to,
       (select count(*) from push_subscriptions s where s.account_id = a.account_id and s.ended_at is null)::integer as browsers
from accounts a left join persons p using (person_id) left join telling t on t.account_id = a.account_id
where a.account_id = :account_id and a.disabled_at is null;

-- name: contacts_person^
insert into persons (name, created_at) values ('', :now) returning person_id;

-- name: contacts_own!
update accounts set person_id = :person_id where account_id = :account_id;

-- name: contacts_save!
update persons set phone = :phone, mail = :mail, robots = :robots where person_id = :person_id;

-- name: contacts_telling!
insert into telling (account_id, language, quiet_from, quiet_to, updated_at) values (:account_id, :language, :quiet_from, :quiet_to, :now)
on conflict (account_id) do update set language = excluded.language, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, updated_at = excluded.updated_at;

-- name: contacts_quiet
select account_id, quiet_from, quiet_to from telling where account_id = any(:accounts ::integer[]);

-- name: contacts_to_send
select a.account_id, a.title as name, coalesce(t.language, 'zh') as language, coalesce(p.phone, '') as phone, coalesce(p.mail, '') as mail, coalesce(p.robots, '{}') as robots,
       (select coalesce(json_agg(json_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth) order by s.subscription_id), '[]')
        from push_subscriptions s where s.account_id = a.account_id and s.ended_at is null) as subscriptions
from accounts a left join persons p using (person_id) left join telling t on t.account_id = a.account_id
where a.account_id = any(:accounts ::integer[]) and a.disabled_at is null;

-- name: contacts_reachable
-- Whom a kind of channel can reach at all.
select a.account_id from accounts a left join persons p using (person_id)
where a.account_id = any(:accounts ::integer[]) and a.disabled_at is null and case :kind
    when 'sms' then coalesce(p.phone, '') <> ''
    when 'smtp' then coalesce(p.mail, '') <> ''
    when 'push' then exists (select from push_subscriptions s where s.account_id = a.account_id and s.ended_at is null)
    else false end;

-- name: push_add!
insert into push_subscriptions (account_id, endpoint, p256dh, auth, created_at) values (:account_id, :endpoint, :p256dh, :auth, :now)
on conflict (endpoint) do update set account_id = excluded.account_id, p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at,
    ended_at = null, ended_why = null;

-- name: push_end!
update push_subscriptions set ended_at = :now, ended_why = :why where endpoint = any(:endpoints ::text[]) and ended_at is null
    and (cast(:account_id as integer) is null or account_id = :account_id);

-- name: push_end_older!
update push_subscriptions set ended_at = :now, ended_why = 'too many' where account_id = :account_id and ended_at is null
    and subscription_id not in (select subscription_id from push_subscriptions where account_id = :account_id and ended_at is null
                                order by created_at desc, subscription_id desc limit :most);

-- name: push_mine
select subscription_id as id, endpoint, created_at from push_subscriptions where account_id = :account_id and ended_at is null order by subscription_id;

-- name: push_public_key^
select public_key from push_keys;

-- name: push_keys^
select private_key, public_key from push_keys;

-- name: push_keep_keys!
insert into push_keys (private_key, public_key, created_at) values (:private_key, :public_key, :now) on conflict do nothing;

-- name: push_read!
update deliveries set delivered_at = coalesce(delivered_at, :now), read_at = coalesce(read_at, :now)
where account_id = :account_id and sent_at is not null
  and ((bundle is not null and 'bundle/' || bundle = :id)
       or (bundle is null and outbox_id = (select outbox_id from outbox where dedupe_key = substring(:id from '^(.*)#[0-9]+$'))));

-- name: contacts_try!
-- As grave as what passes in quiet hours: whoever asks for it is awake.
insert into outbox (created_at, dedupe_key, target, template, payload, severity, due_at)
values (:now, :dedupe_key, :target, 'contact_test', :payload, 1, :now) on conflict (dedupe_key) do nothing;
