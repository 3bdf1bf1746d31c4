-- Rows that are counted for the catalogue (`counted_rows`, migration 0045): what stands now has no moment.

-- name: counted_tally
select measure, count(*) filter (where hit) as numerator, count(*) as denominator
from counted_rows
where measure = any (cast(:measures as text[])) and area like any (cast(:areas as text[])) and area like :area
  and (at is null or (at >= :since and at < least(cast(:until as timestamptz), :as_of)))
group by measure;

-- name: counted_by_street
select street_of(r.area) as street, min(a.name) as name, count(*) filter (where r.hit) as numerator, count(*) as denominator
from counted_rows r left join areas a on a.code = street_of(r.area)
where r.measure = :measure and r.area like any (cast(:areas as text[])) and r.area like :area
  and (r.at is null or (r.at >= :since and r.at < least(cast(:until as timestamptz), :as_of)))
group by 1 order by 1;

-- name: counted_list
select r.id, r.title, r.area, (select a.name from areas a where a.code = r.area) as area_name, r.at, r.hit
from counted_rows r
where measure = :measure and area like any (cast(:areas as text[])) and area like :area
  and (at is null or (at >= :since and at < least(cast(:until as timestamptz), :as_of)))
  and (cast(:hit as boolean) is null or hit = :hit) and r.id > :after
order by r.id limit :limit;
