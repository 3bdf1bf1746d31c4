-- What happened, counted by one dimension (`happenings`, migration 0048).

-- name: trends_tally
-- n: how many; days: on how many of the city's days; tellers: by how many different devices, people, cases.
select happening_key(:by, :zone, at, area, cell_id, device_id, class_code, severity, origin, unit_id, cast(:edges as timestamptz[])) as key,
       count(*) as n, count(distinct cast(timezone(:zone, at) as date)) as days, count(distinct teller) as tellers, max(at) as last_at,
       bool_or(simulated) as simulated
from happenings
where subject = :subject and at >= :since and at < :until and area like any(cast(:areas as text[])) and area like :area
  and (cast(:classes as text[]) is null or class_code like any(cast(:classes as text[])))
  and (cast(:unit as integer) is null or unit_id = :unit)
group by 1;

-- name: trends_rows
-- Without the tellers: they are counted, and no business of whoever reads the rows.
select id, at, title, area, (select a.name from areas a where a.code = h.area) as area_name, class_code, severity, origin, stage, lon, lat,
       (select u.name from units u where u.unit_id = h.unit_id) as unit_name, simulated
from happenings h
where subject = :subject and at >= :since and at < :until and area like any(cast(:areas as text[])) and area like :area
  and (cast(:classes as text[]) is null or class_code like any(cast(:classes as text[])))
  and (cast(:unit as integer) is null or unit_id = :unit)
  and (not cast(:keyed as boolean) or happening_key(:by, :zone, at, area, cell_id, device_id, class_code, severity, origin, unit_id, cast(:edges as timestamptz[]))
       is not distinct from cast(:key as text))
  and (at, id) < (cast(:after_at as timestamptz), cast(:after_id as text))
order by at desc, id desc limit :limit;

-- name: trends_first^
-- Since when anything is known at all: before it nothing was counted, which is not nought.
select min(at) as at from happenings where subject = :subject and area like any(cast(:areas as text[]));

-- name: trends_places
-- Cells, devices and areas by their keys: what they are called and where they are.
select c.cell_id::text as key, concat_ws(' ', a.name, '…' || right(c.cell_code, 5)) as name, c.cell_code as code, c.area, c.lon, c.lat
from cells c left join areas a on a.code = c.area where :by = 'cell' and c.cell_id::text = any(cast(:keys as text[]))
union all
select d.device_id::text, d.name, d.device, d.area, d.lon, d.lat
from devices d where :by = 'device' and d.device_id::text = any(cast(:keys as text[]))
union all
select a.code, a.name, a.code, a.code, a.lon, a.lat
from areas a where :by in ('district', 'street', 'community') and a.code = any(cast(:keys as text[]));

-- name: trends_count_places^
-- How many places of a kind there are among which things could have spread.
select case :by when 'cell' then (select count(*) from cells where area like any(cast(:areas as text[])) and area like :area)
                when 'device' then (select count(*) from devices where not drill and not probe and area like any(cast(:areas as text[])) and area like :area)
       end as n;
