-- The tree of units, its posts and its people. Who reads sees all names of units; loads only of the areas he sees (row security of cases).

-- name: units_all
select u.unit_id, u.code, u.name, u.name_en, u.kind, u.level, p.code as parent, u.area, a.name as area_name, u.disabled_at,
       coalesce((select jsonb_agg(jsonb_build_object('post_id', o.post_id, 'name', o.name, 'name_en', o.name_en, 'role', o.role, 'seats', o.seats,
                     'held', (select count(*) from accounts h where h.post_id = o.post_id and h.disabled_at is null)) order by o.post_id)
                 from posts o where o.unit_id = u.unit_id), '[]') as posts
from units u left join units p on p.unit_id = u.parent_id join areas a on a.code = u.area
where cast(:code as text) is null or u.code = :code
order by u.unit_id;

-- name: units_people
-- How many there are, and how many of them are at the desk now.
select unit_id, count(*)::integer as people, count(*) filter (where exists (
           select from shifts s where s.account_id = a.account_id and s.stage <> 'ended'))::integer as at_desk,
       count(*) filter (where role in ('handler', 'grid_worker'))::integer as in_field
from accounts a where unit_id is not null and disabled_at is null group by unit_id;

-- name: units_load
select lead_unit as unit_id, count(*)::integer as open, count(*) filter (where overdue_at is not null)::integer as overdue
from cases where lead_unit is not null and closed_at is null and not drill and area like any(cast(:areas as text[])) group by lead_unit;

-- name: units_members
select a.account_id as account, a.login, a.title, a.role, a.areas, o.name as post, o.name_en as post_en, s.shift_id is not null as at_desk,
       (select count(*)::integer from cases c where c.handler_id = a.account_id and c.closed_at is null) as open,
       (select array_agg(g.code order by g.code) from duty_grids g where g.worker_id = a.account_id) as duty_grids
from accounts a left join posts o using (post_id) left join shifts s on s.account_id = a.account_id and s.stage <> 'ended'
where a.disabled_at is null and a.unit_id = :unit_id
order by o.post_id nulls last, a.title, a.account_id;

-- name: units_unplaced
select a.account_id as account, a.login, a.title, a.role, a.areas from accounts a
where a.disabled_at is null and a.unit_id is null and a.role <> 'wall' order by a.title, a.account_id;

-- name: units_lock#
lock table units in share row exclusive mode;

-- name: units_save$
insert into units (code, name, name_en, kind, level, parent_id, area)
values (:code, :name, :name_en, :kind, :level, (select unit_id from units where code = :parent), :area)
on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, kind = excluded.kind, level = excluded.level,
    parent_id = excluded.parent_id, area = excluded.area, disabled_at = null
returning unit_id;

-- name: units_save_post!
insert into posts (unit_id, name, name_en, role, seats) values (:unit_id, :name, :name_en, :role, :seats)
on conflict (unit_id, name) do update set name_en = excluded.name_en, role = excluded.role, seats = excluded.seats;

-- name: units_held_posts
-- Posts that would go and that somebody holds.
select o.name, count(*)::integer as held from posts o join accounts a using (post_id)
where o.unit_id = :unit_id and o.name <> all(cast(:kept as text[])) and a.disabled_at is null group by o.name order by o.name;

-- name: units_shut_posts!
-- A post nobody holds any more has no seats; who held it once keeps its name.
update posts set seats = 0 where unit_id = :unit_id and name <> all(cast(:kept as text[]));

-- name: units_end^
update units set disabled_at = :now where code = :code and disabled_at is null returning unit_id;

-- name: units_busy^
select (select count(*) from units c where c.parent_id = u.unit_id and c.disabled_at is null) as units,
       (select count(*) from accounts a where a.unit_id = u.unit_id and a.disabled_at is null) as people,
       (select count(*) from cases c where c.lead_unit = u.unit_id and c.closed_at is null) as cases
from units u where u.code = :code and u.disabled_at is null;

-- name: units_person^
select login, role, areas from accounts where account_id = :account_id and disabled_at is null;

-- name: units_place!
update accounts a set unit_id = u.unit_id, post_id = (select post_id from posts o where o.unit_id = u.unit_id and o.name = :post)
from (select (select unit_id from units where code = :unit)) as u (unit_id) where a.account_id = :account_id;

-- name: units_below
with recursive below as (
    select unit_id from units where unit_id = :unit_id
    union select u.unit_id from units u join below b on u.parent_id = b.unit_id
) select unit_id from below;

-- name: units_areas
select code from areas;

-- name: units_accounts
select account_id, login, role, disabled_at is not null as disabled from accounts where login = any(cast(:logins as text[]));

-- name: units_change_account!
update accounts set areas = :areas, title = case when :title = '' then title else :title end where account_id = :account_id;

-- name: units_person_of^
select person_id from accounts where account_id = :account_id;

-- name: units_new_person$
insert into persons (name, phone, created_at) values (:name, :phone, :now) returning person_id;

-- name: units_link_person!
update accounts set person_id = :person_id where account_id = :account_id;

-- name: units_change_person!
update persons set name = case when :name = '' then name else :name end, phone = case when :phone = '' then phone else :phone end where person_id = :person_id;

-- name: units_grids
select code, area from duty_grids where code = any(cast(:codes as text[]));

-- name: units_stand!
update duty_grids set worker_id = :account_id where code = :duty_grid;
