-- Patrols, the plans they are made from, and where those who walked them were.

-- name: patrols_list
-- Of one person: given to him or to whom he stands in for, and those of grids they serve that nobody has taken.
select p.patrol_id as id, p.plan_id as plan, p.duty_grid, g.name as duty_grid_name, p.area, p.title, p.worker_id as account, a.title as worker,
       p.since as "from", p.until, jsonb_array_length(p.stops) as stops, cardinality(p.visited) as visited, p.share, p.stage, p.began_at, p.ended_at, p.why,
       p.drill, p.simulated, p.version
from patrols p left join duty_grids g on g.code = p.duty_grid left join accounts a on a.account_id = p.worker_id
cross join lateral (select (:mine)::integer || array(select s.for_id from substitutions s
    where s.stand_in_id = (:mine)::integer and s.since < p.until and least(s.until, s.ended_at) > p.since) as who) m
where p.area like any(cast(:areas as text[])) and p.area like :area and p.since < :until and p.until > :since
  and (cast(:stages as text[]) is null or p.stage = any(cast(:stages as text[])))
  and (cast(:duty_grid as text) is null or p.duty_grid = :duty_grid)
  and (cast(:mine as integer) is null or p.worker_id = any(m.who) or (p.worker_id is null and p.stage in ('planned', 'under_way')
       and (g.worker_id = any(m.who) or exists (select from rosters r where r.duty_grid = p.duty_grid and r.cycle && m.who))))
  and (p.since, p.patrol_id) > (:after_at ::timestamptz, :after_id ::bigint)
order by p.since, p.patrol_id limit :limit;

-- name: patrols_get^
select p.patrol_id as id, p.plan_id as plan, p.duty_grid, g.name as duty_grid_name, p.area, p.title, p.worker_id as account, a.title as worker,
       p.since as "from", p.until, p.stops, p.visited, p.share, p.stage, p.began_at, p.ended_at, p.why, p.made_by as by, p.made_at as at,
       p.drill, p.simulated, p.version
from patrols p left join duty_grids g on g.code = p.duty_grid left join accounts a on a.account_id = p.worker_id
where p.patrol_id = :patrol_id and p.area like any(cast(:areas as text[]));

-- name: patrols_lock^
select patrol_id, plan_id, duty_grid, area, title, worker_id, since, until, stops, visited, share, stage, began_at, drill, simulated, version
from patrols where patrol_id = :patrol_id and area like any(cast(:areas as text[])) for update;

-- name: patrols_add$
insert into patrols (plan_id, duty_grid, area, title, worker_id, since, until, stops, share, made_by, made_at, drill, simulated)
values (:plan_id, :duty_grid, :area, :title, :worker_id, :since, :until, :stops, :share, :by, :now, :drill, :simulated)
on conflict (plan_id, since) where plan_id is not null do nothing returning patrol_id;

-- name: patrols_save!
update patrols set stage = :stage, visited = :visited, worker_id = :worker_id, began_at = :began_at, ended_at = :ended_at, why = :why, version = version + 1
where patrol_id = :patrol_id and version = :version;

-- name: patrols_add_fix*!
insert into patrol_fixes (patrol_id, account_id, at, lon, lat, accuracy_m, verdict, received_at)
values (:patrol_id, :account_id, :at, :lon, :lat, :accuracy_m, :verdict, :now) on conflict (patrol_id, account_id, at) do nothing;

-- name: patrols_known
select at from patrol_fixes where patrol_id = :patrol_id and account_id = :account_id and at = any(cast(:times as timestamptz[]));

-- name: patrols_last_good^
select at, lon, lat, accuracy_m from patrol_fixes where patrol_id = :patrol_id and verdict = 'good' and at <= :at order by at desc limit 1;

-- name: patrols_track
select at, lon, lat, accuracy_m, verdict from patrol_fixes where patrol_id = :patrol_id order by at limit :limit;

-- name: patrols_last_verdict^
select verdict from patrol_fixes where patrol_id = :patrol_id order by at desc limit 1;

-- name: patrols_cells
select cell_id, cell_code, duty_grid, lon, lat, cast(geometry as text) as geometry from cells where cell_id = any(cast(:ids as integer[]));

-- name: patrols_cells_of_grid
select cell_id, cell_code, duty_grid, lon, lat, cast(geometry as text) as geometry from cells where duty_grid = :duty_grid order by cell_code;

-- name: patrols_overdue
select patrol_id, duty_grid, area, title, worker_id, since, until, stops, visited, share, stage, began_at, drill, simulated, version from patrols
where stage in ('planned', 'under_way') and until <= :now order by patrol_id limit :limit for update skip locked;

-- name: patrols_forget_fixes!
delete from patrol_fixes where at < :before;

-- name: patrol_plans_list
select p.plan_id as id, p.duty_grid, g.name as duty_grid_name, p.area, p.title, p.weekdays, to_char(p.starts, 'HH24:MI') as starts,
       to_char(p.ends, 'HH24:MI') as ends, p.zone, p.stops, p.share, p.made_by as by,
       p.made_at as at, p.ended_at, p.planned_to, p.simulated, p.version
from patrol_plans p join duty_grids g on g.code = p.duty_grid
where p.ended_at is null and p.area like any(cast(:areas as text[])) and p.area like :area order by p.plan_id limit :limit;

-- name: patrol_plans_add$
insert into patrol_plans (duty_grid, area, title, weekdays, starts, ends, zone, stops, share, simulated, made_by, made_at)
values (:duty_grid, :area, :title, :weekdays, :starts, :ends, :zone, :stops, :share, :simulated, :by, :now) returning plan_id;

-- name: patrol_plans_due
select plan_id, duty_grid, area, title, weekdays, starts, ends, zone, stops, share, simulated, planned_to from patrol_plans
where ended_at is null and (planned_to is null or planned_to <= :last) order by plan_id limit :limit for update skip locked;

-- name: patrol_plans_planned!
update patrol_plans set planned_to = :planned_to where plan_id = :plan_id;

-- name: patrol_plans_end^
update patrol_plans set ended_at = :now, version = version + 1
where plan_id = :plan_id and ended_at is null and area like any(cast(:areas as text[])) returning area;
