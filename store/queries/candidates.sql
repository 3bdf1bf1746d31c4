-- Whom a case could be given to.

-- name: candidates_list
-- Who handles in its area. Load and where they were last seen are of the areas the reader sees (row security).
select a.account_id as account, a.title, a.role, u.unit_id as unit, u.name as unit_name, u.name_en as unit_name_en, o.name as post, o.name_en as post_en,
       exists (select from shifts s where s.account_id = a.account_id and s.stage <> 'ended') as at_desk, coalesce(k.open, 0) as open,
       coalesce(k.overdue, 0) as overdue, p.lon, p.lat, p.done_at as seen_at,
       exists (select from case_routes r where r.case_number = :number and r.sent_back_at is not null and a.account_id in (r.worker_id, r.sent_back_by)) as sent_back
from accounts a left join units u on u.unit_id = a.unit_id left join posts o on o.post_id = a.post_id
left join lateral (select count(*)::integer as open, count(c.overdue_at)::integer as overdue from cases c
                   where c.handler_id = a.account_id and c.closed_at is null and c.stage = any(cast(:work as text[]))) k on true
left join lateral (select f.lon, f.lat, f.done_at from field_positions f
                   where f.account_id = a.account_id and f.lon is not null and f.done_at between :since and :now order by f.done_at desc limit 1) p on true
where a.disabled_at is null and a.role = any(cast(:roles as text[])) and exists (select from unnest(a.areas) as mine where starts_with(:area, mine))
  and (cast(:unit as integer) is null or a.unit_id = :unit)
  and (cast(:text as text) is null or strpos(lower(concat_ws(' ', a.title, o.name, o.name_en, u.name, u.name_en)), :text) > 0)
order by open, a.title, a.account_id limit :most;

-- name: candidates_stand_ins
-- Who comes at this moment for whom.
select for_id, stand_in_id from substitutions where since <= :now and least(until, ended_at) > :now;

-- name: candidates_grids
-- Where some people may be on shift around a day: grids they serve by a roster, and grids whose own worker they are.
select g.code, g.worker_id from duty_grids g
where g.worker_id = any(cast(:accounts as integer[]))
   or g.code in (select r.duty_grid from rosters r where r.cycle && cast(:accounts as integer[]) and r.since <= cast(:today as date) + 1
                 and (r.until is null or r.until >= cast(:today as date) - 2))
order by g.code;
