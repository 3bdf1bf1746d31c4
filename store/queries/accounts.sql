-- name: accounts_add^
insert into accounts (login, password_hash, role, areas, person_id, title, created_at)
values (:login, :password_hash, :role, :areas, :person_id, :title, :now)
on conflict (login) do nothing
returning account_id;

-- name: accounts_add_person^
insert into persons (name, created_at) values (:name, :now) returning person_id;

-- name: accounts_disable^
update accounts set disabled_at = :now where login = :login and disabled_at is null returning account_id;

-- name: accounts_by_login^
select account_id, login, password_hash, role, areas, title, disabled_at, failures, locked_until from accounts where login = :login for update;

-- name: accounts_failed!
update accounts set failures = :failures, locked_until = :locked_until where account_id = :account_id;

-- name: sessions_add!
insert into sessions (session_hash, account_id, created_at, seen_at, expires_at) values (:session_hash, :account_id, :now, :now, :expires_at);

-- name: sessions_find^
select s.account_id, s.seen_at, a.login, a.role, a.areas, a.title
from sessions s join accounts a using (account_id)
where s.session_hash = :session_hash and s.expires_at > :now and a.disabled_at is null;

-- name: sessions_touch!
update sessions set seen_at = :now, expires_at = :expires_at where session_hash = :session_hash and seen_at < :now;

-- name: sessions_end!
delete from sessions where session_hash = :session_hash;

-- name: accounts_password!
update accounts set password_hash = :password_hash where account_id = :account_id;

-- name: sessions_end_others!
delete from sessions where account_id = :account_id and session_hash <> :session_hash;

-- name: sessions_end_all!
delete from sessions where account_id = :account_id;

-- name: sessions_purge!
delete from sessions where expires_at < :now;

-- name: tokens_add^
insert into tokens (token_hash, name, scopes, areas, view, created_at) values (:token_hash, :name, :scopes, :areas, :view, :now) returning token_id;

-- name: tokens_find^
select token_id, name, scopes, areas, view, used_at from tokens where token_hash = :token_hash and revoked_at is null;

-- name: tokens_touch!
update tokens set used_at = :now where token_id = :token_id;

-- name: tokens_revoke
update tokens set revoked_at = :now where name = :name and revoked_at is null returning token_id;
