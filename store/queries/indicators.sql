-- name: indicators_cases_tally
select indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) as key, f.sets, count(*) as n,
       sum(f.taking) as taking, sum(f.handling) as handling, sum(f.closing) as closing
from indicator_cases(:since, :until, :as_of) f
where f.area like any(cast(:areas as text[])) and f.area like :area
  and (cast(:unit as text) is null or f.unit = :unit) and (cast(:worker as text) is null or f.worker = :worker)
  and (cast(:class_code as text) is null or f.class_code like :class_code) and (cast(:source as text) is null or f.source = :source)
group by 1, 2;

-- name: indicators_hotline_tally
select indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) as key, f.sets, count(*) as n,
       null::interval as taking, null::interval as handling, null::interval as closing
from indicator_hotline(:since, :until, :as_of) f
where f.area like any(cast(:areas as text[])) and f.area like :area
  and (cast(:unit as text) is null or f.unit = :unit) and (cast(:source as text) is null or f.source = :source)
group by 1, 2;

-- name: indicators_cases_rows
select f.id, f.sets, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule, f.taking, f.handling, f.closing,
       f.title, f.stage, f.opened_at, f.due_at, f.finished_at, f.closed_at
from indicator_cases(:since, :until, :as_of) f
where f.area like any(cast(:areas as text[])) and f.area like :area
  and (cast(:unit as text) is null or f.unit = :unit) and (cast(:worker as text) is null or f.worker = :worker)
  and (cast(:class_code as text) is null or f.class_code like :class_code) and (cast(:source as text) is null or f.source = :source)
  and (not cast(:keyed as boolean)
       or indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) is not distinct from cast(:key as text))
  and exists (select from unnest(cast(:need as integer[]), cast(:forbid as integer[])) w (need, forbid)
              where f.sets & w.need = w.need and f.sets & w.forbid = 0)
  and f.id > :after order by f.id limit :limit;

-- name: indicators_hotline_rows
select f.id, f.sets, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule, f.taking, f.handling, f.closing,
       f.title, f.stage, f.opened_at, f.due_at, f.finished_at, f.closed_at
from indicator_hotline(:since, :until, :as_of) f
where f.area like any(cast(:areas as text[])) and f.area like :area
  and (cast(:unit as text) is null or f.unit = :unit) and (cast(:source as text) is null or f.source = :source)
  and (not cast(:keyed as boolean)
       or indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) is not distinct from cast(:key as text))
  and exists (select from unnest(cast(:need as integer[]), cast(:forbid as integer[])) w (need, forbid)
              where f.sets & w.need = w.need and f.sets & w.forbid = 0)
  and f.id > :after order by f.id limit :limit;

-- name: indicators_names
-- What keys are called: [key, name, name in English].
select u.unit_id::text as key, u.name, u.name_en from units u where :by = 'unit' and u.unit_id::text = any(cast(:keys as text[]))
union all select a.code, a.name, '' from areas a where :by in ('district', 'street', 'community') and a.code = any(cast(:keys as text[]))
union all select g.code, g.name, '' from duty_grids g where :by = 'grid' and g.code = any(cast(:keys as text[]))
union all select p.account_id::text, p.title, '' from accounts p where :by = 'worker' and p.account_id::text = any(cast(:keys as text[]))
union all (select s.class_code, string_agg(distinct s.name, ' / '), '' from class_standards s
           where :by = 'class' and s.class_code = any(cast(:keys as text[])) group by 1)
union all (select left(s.class_code, 2), string_agg(distinct s.big_name, ' / '), '' from class_standards s
           where :by = 'class_big' and left(s.class_code, 2) = any(cast(:keys as text[])) group by 1);

-- name: indicators_row_names
-- What those are called that rows belong to.
select 'unit' as belongs, unit_id::text as key, name from units where unit_id::text = any(cast(:units as text[]))
union all select 'area', code, name from areas where code = any(cast(:areas as text[]))
union all select 'grid', code, name from duty_grids where code = any(cast(:grids as text[]))
union all select 'worker', account_id::text, title from accounts where account_id::text = any(cast(:workers as text[]));

-- name: evaluations_add^
insert into evaluations (subject, kind, label, since, until, area, version, replaces, why, as_of, issued_by, formulas, simulated)
values (:subject, :kind, :label, :since, :until, :area, :version, :replaces, :why, :now, :issued_by, :formulas, false) returning evaluation_id;

-- name: evaluations_queue^
-- Two who issue the same period meet here, also where none stands yet; who waited reads after that.
select pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'evaluation', cast(:subject as text), cast(:area as text), cast(:since as timestamptz), cast(:until as timestamptz)), 0));

-- name: evaluations_last^
select evaluation_id, version from evaluations
where subject = :subject and area = :area and since = :since and until = :until order by version desc limit 1;

-- name: evaluations_pack_cases!
insert into evaluation_rows (evaluation_id, span, chunk, ids, sets, units, areas, grids, workers, classes, sources, rules, taking, handling, closing,
                             titles, stages, opened, due, finished, closed)
select :evaluation_id, :span, chunk, array_agg(id), array_agg(sets), array_agg(unit), array_agg(area), array_agg(grid), array_agg(worker),
       array_agg(class_code), array_agg(source), array_agg(rule), array_agg(taking), array_agg(handling), array_agg(closing),
       array_agg(title), array_agg(stage), array_agg(opened_at), array_agg(due_at), array_agg(finished_at), array_agg(closed_at)
from (select f.*, row_number() over () / 5000 as chunk from indicator_cases(:since, :until, :now) f
      where f.area like any(cast(:areas as text[])) and f.area like :area) x
group by chunk;

-- name: evaluations_pack_hotline!
insert into evaluation_rows (evaluation_id, span, chunk, ids, sets, units, areas, grids, workers, classes, sources, rules, taking, handling, closing,
                             titles, stages, opened, due, finished, closed)
select :evaluation_id, :span, chunk, array_agg(id), array_agg(sets), array_agg(unit), array_agg(area), array_agg(grid), array_agg(worker),
       array_agg(class_code), array_agg(source), array_agg(rule), array_agg(taking), array_agg(handling), array_agg(closing),
       array_agg(title), array_agg(stage), array_agg(opened_at), array_agg(due_at), array_agg(finished_at), array_agg(closed_at)
from (select f.*, row_number() over () / 5000 as chunk from indicator_hotline(:since, :until, :now) f
      where f.area like any(cast(:areas as text[])) and f.area like :area) x
group by chunk;

-- name: evaluations_tally
-- Figures of a report are counted from its own rows, each dimension reading only the arrays it needs.
select indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) as key, f.sets, count(*) as n,
       sum(f.taking) as taking, sum(f.handling) as handling, sum(f.closing) as closing
from evaluation_rows r
cross join lateral unnest(
    r.sets, case when :by = 'unit' then r.units end, case when :by in ('district', 'street', 'community') then r.areas end,
    case when :by = 'grid' then r.grids end, case when :by = 'worker' then r.workers end,
    case when :by in ('class', 'class_big') then r.classes end, case when :by = 'source' then r.sources end, case when :by = 'rule' then r.rules end,
    r.taking, r.handling, r.closing) as f (sets, unit, area, grid, worker, class_code, source, rule, taking, handling, closing)
where r.evaluation_id = :evaluation_id and r.span = :span
group by 1, 2;

-- name: evaluations_rows
-- All as it was frozen; of a report that kept no titles they are the case's of now. What has become confidential since says what the case says.
select f.id, f.sets, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule, f.taking, f.handling, f.closing,
       case when :subject = 'cases' and is_confidential(split_part(f.id, '#', 1)) then (select k.title from cases k where k.case_number = split_part(f.id, '#', 1))
            else coalesce(f.title, c.title, v.ticket_no) end as title, coalesce(f.stage, c.stage, v.satisfaction) as stage, coalesce(f.opened_at, c.opened_at, v.revisit_at) as opened_at,
       case when r.titles is null then c.due_at else f.due_at end as due_at, case when r.titles is null then c.finished_at else f.finished_at end as finished_at,
       case when r.titles is null then c.closed_at else f.closed_at end as closed_at
from evaluation_rows r
cross join lateral unnest(r.ids, r.sets, r.units, r.areas, r.grids, r.workers, r.classes, r.sources, r.rules, r.taking, r.handling, r.closing,
                          r.titles, r.stages, r.opened, r.due, r.finished, r.closed)
    as f (id, sets, unit, area, grid, worker, class_code, source, rule, taking, handling, closing, title, stage, opened_at, due_at, finished_at, closed_at)
left join cases c on r.titles is null and :subject = 'cases' and c.case_number = f.id
left join revisits v on r.titles is null and :subject = 'hotline' and v.revisit_id::text = f.id
where r.evaluation_id = :evaluation_id and r.span = :span
  and (not cast(:keyed as boolean)
       or indicator_key(:by, f.unit, f.area, f.grid, f.worker, f.class_code, f.source, f.rule) is not distinct from cast(:key as text))
  and exists (select from unnest(cast(:need as integer[]), cast(:forbid as integer[])) w (need, forbid)
              where f.sets & w.need = w.need and f.sets & w.forbid = 0)
  and f.id > :after order by f.id limit :limit;

-- name: evaluations_count_rows^
select coalesce(sum(cardinality(ids)), 0)::integer as n from evaluation_rows where evaluation_id = :evaluation_id and span = 'period';

-- name: evaluations_save!
update evaluations e set figures = :figures, compared = :compared, row_count = :row_count,
    simulated = exists (select from evaluation_rows r cross join lateral unnest(r.ids) as i (id) join cases c on c.case_number = i.id
                        where r.evaluation_id = e.evaluation_id and r.span = 'period' and e.subject = 'cases' and c.simulated)
        or exists (select from revisits v where e.subject = 'hotline' and v.simulated and v.revisit_at >= e.since and v.revisit_at < e.until)
where evaluation_id = :evaluation_id;

-- name: evaluations_list
select evaluation_id as id, subject, kind, label, since, until, area, version, replaces, why, as_of, issued_by, row_count, simulated,
       figures #> '{total,0,figures}' as total,
       (select n.evaluation_id from evaluations n where n.replaces = e.evaluation_id) as replaced_by
from evaluations e
where area like any(cast(:areas as text[])) and area like :area and (cast(:subject as text) is null or subject = :subject)
  and (cast(:kind as text) is null or kind = :kind) and evaluation_id < :after
order by evaluation_id desc limit :limit;

-- name: evaluations_get^
select evaluation_id as id, subject, kind, label, since, until, area, version, replaces, why, as_of, issued_by, formulas, figures, compared, row_count, simulated,
       (select n.evaluation_id from evaluations n where n.replaces = e.evaluation_id) as replaced_by,
       array(select distinct r.span from evaluation_rows r where r.evaluation_id = e.evaluation_id) as spans
from evaluations e where evaluation_id = :evaluation_id and area like any(cast(:areas as text[]));
