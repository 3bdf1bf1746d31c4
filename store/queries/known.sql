-- What is in hand already near a spot or under the same address, and another caller for it.

-- name: known_cases
select 'case' as kind, c.case_number as number, c.incident_id, c.title, c.class_code, c.severity, c.stage, c.opened_at as since, c.due_at,
       c.overdue_at is not null as overdue, c.address, c.lon, c.lat, c.area, c.simulated, u.name as unit, u.name_en as unit_en, a.title as person
from cases c left join units u on u.unit_id = c.lead_unit left join accounts a on a.account_id = c.handler_id
where c.closed_at is null and not c.drill and c.stage <> all(cast(:ended as text[])) and c.area like any(cast(:areas as text[]))
  and c.lat between :south and :north and c.lon between :west and :east
order by ((c.lon - :lon) * :squeeze) ^ 2 + (c.lat - :lat) ^ 2, c.case_number limit :limit;

-- name: known_cases_under
select 'case' as kind, c.case_number as number, c.incident_id, c.title, c.class_code, c.severity, c.stage, c.opened_at as since, c.due_at,
       c.overdue_at is not null as overdue, c.address, c.lon, c.lat, c.area, c.simulated, u.name as unit, u.name_en as unit_en, a.title as person
from cases c left join units u on u.unit_id = c.lead_unit left join accounts a on a.account_id = c.handler_id
where c.case_number in (select cases_under(:address, cast(:areas as text[]), cast(:ended as text[]), cast(:limit as integer)))
  and c.closed_at is null and not c.drill and c.stage <> all(cast(:ended as text[])) and c.area like any(cast(:areas as text[]));

-- name: known_incidents
-- Those without an open case: else the case stands for it.
select 'incident' as kind, i.incident_id::text as number, i.incident_id, i.title, i.class_code, i.severity, i.stage, i.opened_at as since, null::timestamptz as due_at,
       i.overdue_at is not null as overdue, null as address, i.lon, i.lat, i.area, i.simulated, null as unit, null as unit_en, i.owner as person
from incidents i
where i.stage not in ('closed', 'dismissed') and i.merged_into is null and not i.drill and i.area like any(cast(:areas as text[]))
  and i.lat between :south and :north and i.lon between :west and :east
  and not exists (select from cases c where c.incident_id = i.incident_id and c.stage <> all(cast(:ended as text[])))
order by ((i.lon - :lon) * :squeeze) ^ 2 + (i.lat - :lat) ^ 2, i.incident_id limit :limit;

-- name: known_reports
-- Those that nobody has put into an incident.
select 'report' as kind, r.report_id::text as number, null::bigint as incident_id, title_for_all(r.title, r.external_id, r.extra) as title, r.class_code, coalesce(r.severity, 4) as severity, r.stage,
       r.observed_at as since, null::timestamptz as due_at, false as overdue, r.address, r.lon, r.lat, r.area, r.simulated, null as unit, null as unit_en,
       null as person
from reports r
where r.stage in ('open', 'confirmed') and r.incident_id is null and not r.history and r.ended_at is null and not r.drill
  and r.area like any(cast(:areas as text[])) and r.observed_at >= :since
  and ((r.lat between :south and :north and r.lon between :west and :east)
       or (cast(:address as text) is not null and length(r.address) >= :letters and (strpos(r.address, :address) > 0 or strpos(:address, r.address) > 0)))
order by r.observed_at desc, r.report_id desc limit :limit;

-- name: known_adjustments
-- Of a drill too, and marked: whoever counts leaves it out.
select c.case_number as number, c.title, c.drill, c.due_at, a.adjustment_id as id, a.kind, a.stage, a.until_at, a.reason, a.asked_at
from case_adjustments a join cases c using (case_number)
where a.stage in ('asked', 'unit_agreed') and c.area like any(cast(:areas as text[])) order by c.due_at, a.adjustment_id limit :limit;

-- name: known_add_report$
insert into reports (source, external_id, channel, class_code, title, text, area, cell_id, lon, lat, datum, placement, address,
                     observed_at, received_at, processed_at, person_id, drill, simulated)
values ('desk', gen_random_uuid()::text, :channel, :class_code, :title, :text, :area, :cell_id, :lon, :lat, 'cgcs2000', :placement, :address,
        :now, :now, :now, :person_id, :drill, :simulated)
returning report_id;

-- name: known_merge!
update reports set stage = 'merged', incident_id = :incident_id, version = version + 1 where report_id = :report_id;

-- name: known_case^
select case_number, area from cases where incident_id = :incident_id and stage <> all(cast(:ended as text[])) order by case_number desc limit 1;
