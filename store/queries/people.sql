-- name: people_list
-- Who may be given work, and who of them is here.
select a.account_id as account, a.title, a.role, a.areas, s.shift_id is not null as on_shift, s.began_at as since
from accounts a left join shifts s on s.account_id = a.account_id and s.stage <> 'ended'
where a.disabled_at is null and a.role = any(cast(:roles as text[])) and (cast(:account_id as integer) is null or a.account_id = :account_id)
order by s.shift_id is null, a.title, a.account_id;

-- name: people_names
select account_id as account, title, login, areas from accounts where disabled_at is null and role = any(cast(:roles as text[])) order by account_id;

-- name: people_role^
select role from accounts where account_id = :account_id and disabled_at is null;

-- name: people_login^
select login from accounts where account_id = :account_id;

-- name: comments_add$
insert into comments (noun, noun_id, area, at, account_id, author, text, mentions)
values (:noun, :noun_id, :area, :now, :account_id, :author, :text, :mentions) returning comment_id;

-- name: comments_list
select * from (select c.comment_id as id, c.at, c.author, c.text,
                      coalesce((select jsonb_agg(jsonb_build_object('account', a.account_id, 'title', a.title) order by a.account_id)
                                from accounts a where a.account_id = any(c.mentions)), '[]') as mentions
               from comments c where c.noun = :noun and c.noun_id = :noun_id order by c.comment_id desc limit :limit) newest
order by id;

-- name: views_list
select v.view_id as id, v.name, v.filters, v.position as "order", v.shared_role as role, v.account_id = :account_id as own, a.title as author, v.updated_at
from desk_views v join accounts a using (account_id)
where v.account_id = :account_id or (v.shared_role = :role and a.disabled_at is null)
order by v.account_id <> :account_id, v.position, v.view_id;

-- name: views_count^
select count(*) as views from desk_views where account_id = :account_id and name <> :name;

-- name: views_save$
insert into desk_views (account_id, name, filters, position, shared_role, updated_at) values (:account_id, :name, :filters, :position, :role, :now)
on conflict (account_id, name) do update
set filters = excluded.filters, position = excluded.position, shared_role = excluded.shared_role, updated_at = excluded.updated_at
returning view_id;

-- name: views_delete!
delete from desk_views where view_id = :view_id and account_id = :account_id;

-- name: incidents_own!
update incidents set owner_id = :owner_id, owner = :owner, updated_at = :now, version = version + 1 where incident_id = :incident_id and version = :version;

-- name: incidents_touch!
update incidents set updated_at = :now, version = version + :moved where incident_id = :incident_id and version = :version;
