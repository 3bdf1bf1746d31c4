-- The morning report (早报): what a day and a night were, from stored rows. Drills count nowhere.
-- `compared`: something is older than the day before, so that day was counted whole and a zero of it is one.

-- name: morning_alerts^
select count(*) filter (where raised_at >= :since) as raised, count(*) filter (where raised_at < :since) as before,
       count(*) filter (where raised_at >= :since and severity = 1) as red, count(*) filter (where raised_at >= :since and severity = 2) as orange,
       count(*) filter (where raised_at >= :since and severity = 3) as yellow, count(*) filter (where raised_at >= :since and severity >= 4) as blue,
       (select count(*) from alerts o where o.stage <> 'normal' and not o.drill and not o.probe and o.area like any(cast(:areas as text[]))) as open,
       exists (select from alerts o where o.raised_at < :before and not o.drill and not o.probe and o.area like any(cast(:areas as text[]))) as compared,
       bool_or(simulated) as simulated
from alerts where raised_at >= :before and raised_at < :until and not drill and not probe and area like any(cast(:areas as text[]));

-- name: morning_incidents^
select count(*) filter (where opened_at >= :since and opened_at < :until) as opened, count(*) filter (where opened_at >= :before and opened_at < :since) as before,
       count(*) filter (where closed_at >= :since and closed_at < :until and stage = 'closed') as closed,
       count(*) filter (where stage in ('open', 'confirmed', 'handling')) as open, bool_or(simulated) as simulated,
       exists (select from incidents o where o.opened_at < :before and not o.drill and o.area like any(cast(:areas as text[]))) as compared
from incidents
where not drill and area like any(cast(:areas as text[])) and (opened_at >= :before or closed_at >= :since or stage in ('open', 'confirmed', 'handling'));

-- name: morning_open_incidents
select incident_id as id, title, severity, stage, area, opened_at from incidents
where not drill and stage in ('open', 'confirmed', 'handling') and area like any(cast(:areas as text[])) order by severity, opened_at limit :limit;

-- name: morning_cases^
select count(*) filter (where opened_at >= :since and opened_at < :until) as opened, count(*) filter (where opened_at >= :before and opened_at < :since) as before,
       count(*) filter (where closed_at >= :since and closed_at < :until and stage in ('closed', 'force_closed')) as closed,
       count(*) filter (where overdue_at >= :since and overdue_at < :until) as overdue_new, count(*) filter (where closed_at is null) as open,
       count(*) filter (where closed_at is null and overdue_at is not null) as overdue, bool_or(simulated) as simulated,
       exists (select from cases o where o.opened_at < :before and not o.drill and o.area like any(cast(:areas as text[]))) as compared
from cases
where not drill and area like any(cast(:areas as text[])) and (opened_at >= :before or closed_at >= :since or closed_at is null);

-- name: morning_overdue_cases
select c.case_number as number, c.title, c.severity, c.stage, c.area, c.due_at, u.name as unit, u.name_en as unit_en
from cases c left join units u on u.unit_id = c.lead_unit
where not c.drill and c.closed_at is null and c.overdue_at is not null and c.area like any(cast(:areas as text[]))
order by c.severity, c.due_at limit :limit;

-- name: morning_classes
select class_code as code, count(*) as opened from cases
where not drill and opened_at >= :since and opened_at < :until and area like any(cast(:areas as text[]))
group by class_code order by count(*) desc, class_code limit :limit;

-- name: morning_hotline^
select count(*) filter (where received_at >= :since) as received, count(*) filter (where received_at < :since) as before,
       count(*) filter (where received_at >= :since and stage <> 'open') as decided, bool_or(simulated) as simulated,
       exists (select from reports o where o.channel = 'hotline' and not o.history and not o.drill and o.received_at < :before
               and o.area like any(cast(:areas as text[]))) as compared
from reports where channel = 'hotline' and not history and not drill and received_at >= :before and received_at < :until and area like any(cast(:areas as text[]));

-- name: morning_warnings
select report_id as id, title, severity, observed_at, ends_at, ended_at, simulated from reports
where channel = 'weather' and not drill and not history and stage <> 'dismissed'
  and (ended_at is null and coalesce(ends_at, 'infinity') >= :since and observed_at >= :old or received_at >= :since and received_at < :until)
  and area like any(cast(:areas as text[]))
order by observed_at desc limit :limit;

-- name: morning_orders
select o.order_id as id, o.case_number as number, c.title, c.severity, o.stage, o.due_at, o.overdue_at is not null as overdue, o.simulated, u.name as unit, u.name_en as unit_en
from expedite_orders o join cases c using (case_number) left join units u on u.unit_id = o.unit_id
where o.ended_at is null and not o.drill and c.area like any(cast(:areas as text[])) order by o.due_at limit :limit;

-- name: morning_hazards^
select count(*) as open, count(*) filter (where level = 'major') as major, count(*) filter (where overdue_at is not null) as overdue,
       count(*) filter (where found_at >= :since and found_at < :until) as found, bool_or(simulated) as simulated
from hazards where ended_at is null and not drill and area like any(cast(:areas as text[]));

-- name: morning_due_hazards
select h.hazard_id as id, h.title, h.level, h.stage, h.area, h.due_at, h.overdue_at is not null as overdue, u.name as unit, u.name_en as unit_en
from hazards h left join units u using (unit_id)
where h.ended_at is null and not h.drill and h.due_at < :soon and h.stage in ('found', 'rectifying') and h.area like any(cast(:areas as text[]))
order by h.due_at limit :limit;

-- name: morning_log
select e.at, e.written_name as by, coalesce((select m.text from duty_entries m where m.amends = e.entry_id order by m.entry_id desc limit 1), e.text) as text
from duty_entries e
where e.amends is null and not e.left_out and not e.drill and e.at >= :since and e.at < :until and e.area like any(cast(:areas as text[]))
order by e.at desc limit :limit;

-- name: morning_area^
select name, level from areas where code = :code;

-- name: morning_add$
insert into morning_reports (area, day, since, until, made_at, made_by, by_itself, facts, papers, hash)
values (:area, :day, :since, :until, :now, :made_by, :by_itself, :facts, :papers, :hash)
on conflict (area, day) where by_itself do nothing returning report_id;

-- name: morning_done^
select report_id from morning_reports where area = :area and day = :day and by_itself;

-- name: morning_list
select report_id as id, area, day, since, until, made_at, made_by, by_itself, hash, facts->'simulated' as simulated,
       facts->'alerts'->'raised' as alerts, facts->'incidents'->'opened' as incidents, facts->'cases'->'opened' as opened, facts->'cases'->'closed' as closed,
       facts->'cases'->'overdue' as overdue
from morning_reports
where area like any(cast(:areas as text[])) and area like :area and until >= :since and until < :until and report_id < :after
order by report_id desc limit :limit;

-- name: morning_get^
select report_id as id, area, day, since, until, made_at, made_by, by_itself, hash, facts, papers from morning_reports
where report_id = :report_id and area like any(cast(:areas as text[]));
