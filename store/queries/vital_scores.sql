-- The composite score of vital signs: the live figures it is made of, the stored scores, and what they were made of.

-- name: vital_scores_figures
-- The figures of every street as screens have them at the stream's present number: those last kept, and the deltas told since.
select v.street, c.sequence, coalesce((
           select d.payload::jsonb -> 'figures' from live_deltas d
           where d.area = v.street and d.sequence > coalesce((k.figures ->> 'sequence')::bigint, 0) and d.sequence <= c.sequence
             and d.payload::jsonb ? 'figures'
           order by d.sequence desc limit 1), v.figures) as figures,
       greatest((select max(created_at) from live_deltas), (select updated_at from wire_memory where feed = 'jobs' and peer = 'projector')) as told_at
from live_cursor c cross join cell_values v left join cell_values k on k.street = '' and k.measure = 'kept'
where v.measure = '';

-- name: vital_scores_streets
select code from areas where level = 'street' order by code;

-- name: vital_scores_due$
select not exists (select from vital_scores where area = :area and scored_at >= :since);

-- name: vital_scores_add*!
insert into vital_scores (area, scored_at, sequence, score, light, completeness, formula_id, rule, inputs)
values (:area, :at, :sequence, :score, :light, :completeness, :formula_id, :rule, :inputs) on conflict do nothing;

-- name: vital_scores_course
select scored_at, score, light, completeness, formula_id from vital_scores
where area = :area and area like any (cast(:areas as text[])) and scored_at >= :since and scored_at < :until order by scored_at;

-- name: vital_scores_at^
select area, scored_at, sequence, score, light, completeness, formula_id, rule, inputs from vital_scores
where area = :area and area like any (cast(:areas as text[])) and scored_at <= :at and scored_at > :at - cast(:within as interval)
order by scored_at desc limit 1;

-- name: vital_scores_latest
-- The newest score of every street.
select distinct on (s.area) s.area, a.name, s.scored_at, s.score, s.light, s.completeness
from vital_scores s join areas a on a.code = s.area
where a.level = 'street' and s.area like any (cast(:areas as text[])) and s.area like :area and s.scored_at > :since
order by s.area, s.scored_at desc;

-- name: vital_scores_thin$
-- One an hour is left of those that are old, none of those that are too old.
with gone as (
    delete from vital_scores s where s.scored_at < :before
       or (s.scored_at < :fine and exists (select from vital_scores o where o.area = s.area and o.scored_at < s.scored_at
                                           and o.scored_at >= date_trunc('hour', s.scored_at)))
    returning 1)
select count(*)::integer from gone;
