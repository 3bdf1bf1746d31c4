-- The invented organisation of a demo district, in bulk. A real city imports its own.

-- name: simulated_people_add!
with fresh as (
    select r.*, row_number() over (order by r.login) as n
    from jsonb_to_recordset(:rows) as r (login text, role text, area text, title text, name text)
    where not exists (select from accounts a where a.login = r.login)
), persons_added as (
    insert into persons (name, created_at) select name, :now from fresh order by n returning person_id
), numbered as (
    select person_id, row_number() over (order by person_id) as n from persons_added
)
insert into accounts (login, password_hash, role, areas, person_id, title, created_at)
select f.login, :password_hash, f.role, array[f.area], p.person_id, f.title, :now from fresh f join numbered p using (n);

-- name: simulated_people_place!
update accounts a set unit_id = u.unit_id, post_id = o.post_id
from jsonb_to_recordset(:rows) as r (login text, unit text, post text) join units u on u.code = r.unit
     join posts o on o.unit_id = u.unit_id and o.name = r.post
where a.login = r.login and a.role = o.role;

-- name: simulated_rosters_add!
insert into rosters (duty_grid, area, shift, starts, ends, zone, since, anchor, cycle, note, made_by, made_at)
select r.duty_grid, r.area, r.shift, r.starts, r.ends, r.zone, r.since, r.since,
       (select array_agg(a.account_id order by w.n) from unnest(r.logins) with ordinality as w (login, n) left join accounts a on a.login = w.login),
       '', 'demo', :now
from jsonb_to_recordset(:rows) as r (duty_grid text, area text, shift text, starts time, ends time, zone text, since date, logins text[])
on conflict do nothing;

-- name: simulated_people_ids
select a.account_id, a.login, a.unit_id from accounts a where a.login = any(cast(:logins as text[]));

-- name: simulated_plans_any$
select exists (select from patrol_plans);
