-- Rosters and who stands in for whom. Days and hours are those of each roster's own zone.

-- name: rosters_of_cell^
select g.code, g.area, g.name, g.worker_id from cells c join duty_grids g on g.code = c.duty_grid where c.cell_id = :cell_id;

-- name: rosters_of_grid^
select code, area, name, worker_id from duty_grids where code = :code;

-- name: rosters_lines
-- Of some grids, what holds on some of these days; a night that began the day before is among them.
select roster_id, duty_grid, area, shift, starts, ends, zone, since, until, anchor, cycle, note, made_by, made_at, version from rosters
where duty_grid = any(cast(:grids as text[])) and since <= :last and (until is null or until >= :first)
order by duty_grid, starts, since, roster_id;

-- name: rosters_stand_in^
select stand_in_id from substitutions where for_id = :account_id and since <= :now and least(until, ended_at) > :now;

-- name: rosters_account^
select account_id, login, title, role, areas, unit_id from accounts where account_id = :account_id and disabled_at is null;

-- name: rosters_grids
select g.code as duty_grid, g.name, g.area, g.worker_id, a.title as worker, s.name as street
from duty_grids g left join accounts a on a.account_id = g.worker_id and a.disabled_at is null left join areas s on s.code = left(g.area, 9)
where g.area like any(cast(:areas as text[])) and g.area like :area and (cast(:duty_grid as text) is null or g.code = :duty_grid) and g.code > :after
order by g.code limit :limit;

-- name: rosters_people
-- Those of a roster who can be on shift.
select account_id, login, title, role, areas from accounts where account_id = any(cast(:ids as integer[])) and disabled_at is null;

-- name: rosters_person^
select account_id, login, title, role, areas from accounts
where disabled_at is null and (login = :login or account_id = cast(:account_id as integer));

-- name: rosters_taken
-- What already holds for the shift, or for hours of it, on some of these days; ours until the commit.
select roster_id, shift, starts, ends, zone, since, until, anchor, cycle, note, version from rosters
where duty_grid = :duty_grid and daterange(since, until) && daterange(:since, :until)
  and (shift = :shift or minutes && case when :starts ::time < :ends ::time
      then int4multirange(int4range((extract(epoch from :starts ::time) / 60)::integer, (extract(epoch from :ends ::time) / 60)::integer))
      else int4multirange(int4range(0, (extract(epoch from :ends ::time) / 60)::integer), int4range((extract(epoch from :starts ::time) / 60)::integer, 1440)) end)
order by since, roster_id for update;

-- name: rosters_add$
insert into rosters (duty_grid, area, shift, starts, ends, zone, since, until, anchor, cycle, note, made_by, made_at)
values (:duty_grid, :area, :shift, :starts, :ends, :zone, :since, :until, :anchor, :cycle, :note, :by, :now) returning roster_id;

-- name: rosters_lock^
select roster_id, duty_grid, area, shift, since, until, version from rosters where roster_id = :roster_id and area like any(cast(:areas as text[])) for update;

-- name: rosters_end!
update rosters set until = :until, version = version + 1 where roster_id = :roster_id and version = :version;

-- name: substitutions_list
select s.substitution_id as id, s.area, s.for_id, f.title as "for", s.stand_in_id, b.title as stand_in, s.since as "from", s.until, s.why,
       s.made_by as by, s.made_at as at, s.ended_at, s.ended_by, s.version,
       case when s.ended_at is not null or s.until <= :now then 'over' when s.since > :now then 'planned' else 'active' end as state
from substitutions s join accounts f on f.account_id = s.for_id join accounts b on b.account_id = s.stand_in_id
where s.since < :until and least(s.until, s.ended_at) > :since and s.area like :area
order by s.since, s.substitution_id limit :limit;

-- name: substitutions_add$
insert into substitutions (area, for_id, stand_in_id, since, until, why, made_by, made_at)
values (:area, :for_id, :stand_in_id, :since, :until, :why, :by, :now) returning substitution_id;

-- name: substitutions_lock^
select substitution_id, area, for_id, since, until, ended_at, version from substitutions where substitution_id = :id and area like any(cast(:areas as text[])) for update;

-- name: substitutions_end!
update substitutions set ended_at = :now, ended_by = :by, version = version + 1 where substitution_id = :id and version = :version;

-- name: rosters_named
-- Who works in the field and is called so: by login, by title, or by the own name.
select a.account_id, a.login, a.title, a.areas, p.name from accounts a left join persons p using (person_id)
where a.disabled_at is null and a.role = any(cast(:roles as text[]))
  and (a.login = any(cast(:words as text[])) or a.title = any(cast(:words as text[])) or p.name = any(cast(:words as text[])));

-- name: rosters_grids_named
select code, name, area from duty_grids where code = any(cast(:words as text[])) or name = any(cast(:words as text[]));
