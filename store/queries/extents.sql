-- What has an extent on the map: warnings with their ground, and where things happened within a span.

-- name: extents_warnings
-- In force at a moment; what people dismissed or merged is none. One for the district is one for each of its streets (warnings_for).
select report_id as id, title, text, severity, source, area, address, lon, lat, observed_at, ends_at, extra->>'type' as type, extra->>'issuer' as issuer,
       extra->'geometry' as geometry, extra->'circles' as circles, drill, simulated
from warnings_for(cast(:areas as text[]), :since, :at)
where stage not in ('dismissed', 'merged') and (ended_at is null or ended_at > :at) and (ends_at is null or ends_at > :at)
  and (area like :area or starts_with(cast(:area_code as text), area))
order by severity nulls last, observed_at desc limit :limit;

-- name: extents_areas
select code, geometry from areas where code = any(cast(:codes as text[]));

-- name: extents_alerts
-- Places by about ten metres. Drills, tests and proofs of the path happened nowhere; a notice says what is not known.
select floor(lon * 1e4) / 1e4 + 5e-5 as lon, floor(lat * 1e4) / 1e4 + 5e-5 as lat, count(*) filter (where not drill) as n, count(*) filter (where drill) as drills
from alerts
where raised_at > :since and raised_at <= :until and severity < 5 and not probe and verdict is distinct from 'test'
  and area like any(cast(:areas as text[])) and area like :area
group by 1, 2 order by 3 desc limit :limit;

-- name: extents_cases
select floor(lon * 1e4) / 1e4 + 5e-5 as lon, floor(lat * 1e4) / 1e4 + 5e-5 as lat, count(*) filter (where not drill) as n, count(*) filter (where drill) as drills
from cases
where opened_at > :since and opened_at <= :until and stage not in ('voided', 'declined') and area like any(cast(:areas as text[])) and area like :area
group by 1, 2 order by 3 desc limit :limit;

-- name: extents_complaints
-- By when they were made: what people call and write about. One that was merged into another was made all the same.
select floor(lon * 1e4) / 1e4 + 5e-5 as lon, floor(lat * 1e4) / 1e4 + 5e-5 as lat, count(*) filter (where not drill) as n, count(*) filter (where drill) as drills
from reports
where channel in ('hotline', 'public') and observed_at > :since and observed_at <= :until and stage <> 'dismissed'
  and area like any(cast(:areas as text[])) and area like :area
group by 1, 2 order by 3 desc limit :limit;
