-- What happened since somebody last looked at the cockpit. Drills and proofs of the path count nowhere.

-- name: cockpit_visit^
-- A pause of a quarter of an hour ends a visit: what happened in it is told at the next.
insert into cockpit_visits as v (account_id, seen_at) values (:account_id, :now)
on conflict (account_id) do update
set left_at = case when excluded.seen_at - v.seen_at > cast(:pause as interval) then v.seen_at else v.left_at end,
    seen_at = greatest(v.seen_at, excluded.seen_at)
returning seen_at, left_at;

-- name: cockpit_counts^
select
    (select jsonb_object_agg(severity, n) from (
        select severity, count(*) as n from alerts where raised_at >= :since and raised_at < :until and severity < 5 and not drill and not probe
          and verdict is distinct from 'test' and area like any (cast(:areas as text[])) and area like :area group by 1) a) as alerts,
    (select count(*) from alerts where raised_at >= :since and raised_at < :until and severity < 5 and not drill and not probe
       and verdict is distinct from 'test' and stage <> 'normal' and area like any (cast(:areas as text[])) and area like :area)::integer as alerts_open,
    (select count(*) from incidents where opened_at >= :since and opened_at < :until and not drill
       and area like any (cast(:areas as text[])) and area like :area)::integer as incidents,
    (select count(*) from cases where opened_at >= :since and opened_at < :until and not drill and stage not in ('voided', 'declined')
       and area like any (cast(:areas as text[])) and area like :area)::integer as cases_opened,
    (select count(*) from cases where closed_at >= :since and closed_at < :until and not drill and stage not in ('voided', 'declined')
       and area like any (cast(:areas as text[])) and area like :area)::integer as cases_closed,
    (select count(*) from cases where overdue_at >= :since and overdue_at < :until and not drill
       and area like any (cast(:areas as text[])) and area like :area)::integer as cases_overdue,
    (select count(*) from reports where channel = 'hotline' and received_at >= :since and received_at < :until and not drill and not history
       and area like any (cast(:areas as text[])) and area like :area)::integer as hotline,
    (select count(*) from expedite_orders o join cases c using (case_number) where o.fed_back_at >= :since and o.fed_back_at < :until and not o.drill
       and c.area like any (cast(:areas as text[])) and c.area like :area)::integer as orders_answered,
    (select count(*) from expedite_orders o join cases c using (case_number) where o.overdue_at >= :since and o.overdue_at < :until and not o.drill
       and c.area like any (cast(:areas as text[])) and c.area like :area)::integer as orders_overdue;

-- name: cockpit_gravest
-- The gravest that began since, incidents before the alerts they hold.
select kind, id, severity, title, area, at, stage from (
    select 'incident' as kind, i.incident_id::text as id, i.severity, i.title, i.area, i.opened_at as at, i.stage from incidents i
    where i.opened_at >= :since and i.opened_at < :until and not i.drill
    union all
    select 'alert', a.alert_id::text, a.severity, a.title, a.area, a.raised_at, a.stage from alerts a
    where a.raised_at >= :since and a.raised_at < :until and a.severity < 5 and not a.drill and not a.probe and a.incident_id is null
      and a.verdict is distinct from 'test') g
where area like any (cast(:areas as text[])) and area like :area
order by severity, at desc limit :limit;
