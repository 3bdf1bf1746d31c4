-- name: emergencies_get^
select e.* from emergencies e where e.incident_id = :incident_id and e.area like any(cast(:areas as text[]));

-- name: emergencies_lock^
select e.* from emergencies e where e.incident_id = :incident_id and e.area like any(cast(:areas as text[])) for update;

-- name: emergencies_list
select e.incident_id as id, i.title, e.type, e.level, e.stage, e.plan, e.commander, e.declared_at, e.ended_at, e.area, i.severity, i.lon, i.lat, e.drill, e.simulated,
       (select count(*) from emergency_tasks t where t.incident_id = e.incident_id) as tasks,
       (select count(*) from emergency_tasks t where t.incident_id = e.incident_id and t.ended_at is null) as open_tasks,
       (select count(*) from emergency_tasks t where t.incident_id = e.incident_id and t.overdue_at is not null) as overdue_tasks
from emergencies e join incidents i using (incident_id)
where e.area like any(cast(:areas as text[])) and (cast(:stages as text[]) is null or e.stage = any(cast(:stages as text[])))
order by e.ended_at is not null, e.level, e.declared_at desc limit :limit;

-- name: emergencies_declare!
insert into emergencies (incident_id, area, type, level, declared_at, declared_by, commander, drill, simulated)
values (:incident_id, :area, :type, :level, :now, :by, :commander, :drill, :simulated)
on conflict (incident_id) do nothing;

-- name: emergencies_save!
update emergencies set level = :level, plan = :plan, stage = :stage, commander = :commander, version = version + 1,
    ended_at = case when :stage = 'ended' then :now ::timestamptz else ended_at end
where incident_id = :incident_id and version = :version;

-- name: emergencies_log!
insert into emergency_log (incident_id, area, at, by, kind, text, detail) values (:incident_id, :area, :now, :by, :kind, :text, :detail);

-- name: emergencies_log_of
select log_id as id, at, by, kind, text, detail from emergency_log where incident_id = :incident_id order by log_id;

-- name: emergencies_tasks
select t.task_id as id, t.plan, t.step, t.title, t.text, t.stage, t.resource_id, r.name as resource, r.name_en as resource_en, r.kind, r.lon, r.lat, t.unit_id,
       u.name as unit, u.name_en as unit_en, t.issued_at,
       t.issued_by, t.due_at, t.overdue_at is not null as overdue, t.acked_at, t.arrived_at, t.ended_at, t.feedback, t.version
from emergency_tasks t left join resources r using (resource_id) left join units u on u.unit_id = t.unit_id
where t.incident_id = :incident_id order by t.ended_at is not null, t.due_at nulls last, t.task_id;

-- name: emergencies_units_of
-- The unit of an account, those above it and those below it.
with recursive above as (
    select u.unit_id, u.parent_id from accounts a join units u using (unit_id) where a.account_id = cast(:account_id as integer)
    union select u.unit_id, u.parent_id from above m join units u on u.unit_id = m.parent_id
), below as (
    select unit_id from accounts where account_id = cast(:account_id as integer) and unit_id is not null
    union select u.unit_id from below b join units u on u.parent_id = b.unit_id
) select unit_id from above union select unit_id from below;

-- name: emergencies_task_lock^
select t.*, r.name as resource, e.level, e.drill, e.simulated
from emergency_tasks t join emergencies e using (incident_id) left join resources r using (resource_id)
where t.task_id = :task_id and t.area like any(cast(:areas as text[])) for update of t;

-- name: emergencies_task_add$
insert into emergency_tasks (incident_id, area, plan, step, title, text, resource_id, unit_id, issued_at, issued_by, due_at)
values (:incident_id, :area, :plan, :step, :title, :text, :resource_id, coalesce(:unit_id, (select unit_id from resources where resource_id = :resource_id)),
        :now, :by, :due_at)
on conflict (incident_id, plan, step) where stage <> 'cancelled' and stage <> 'refused' do nothing
returning task_id;

-- name: emergencies_task_save!
update emergency_tasks set stage = :stage, feedback = :feedback, version = version + 1,
    acked_at = case when :stage in ('refused', 'cancelled') then acked_at else coalesce(acked_at, :now ::timestamptz) end, arrived_at = case when :stage = 'arrived' then coalesce(arrived_at, :now) else arrived_at end,
    ended_at = case when :ended then :now ::timestamptz end
where task_id = :task_id and version = :version;

-- name: emergencies_open_tasks
select task_id, incident_id, area, title, unit_id from emergency_tasks where incident_id = :incident_id and ended_at is null order by task_id for update;

-- name: emergencies_call_back!
update emergency_tasks set stage = 'cancelled', ended_at = :now, version = version + 1 where incident_id = :incident_id and ended_at is null;

-- name: emergencies_overdue
select t.task_id, t.incident_id, t.area, t.title, t.unit_id, e.level, e.drill, e.simulated
from emergency_tasks t join emergencies e using (incident_id)
where t.due_at <= :now and t.overdue_at is null and t.ended_at is null order by t.task_id limit :limit for update of t skip locked;

-- name: emergencies_mark_overdue!
update emergency_tasks set overdue_at = :now, version = version + 1 where task_id = :task_id;

-- name: emergencies_candidates
-- Ours until the commit, in one order: of two commanders the second sees whom the first sent. Who is busy is asked after that.
select r.resource_id, r.kind, r.tags, r.lon, r.lat
from resources r where r.out_at is null and r.area like any(cast(:areas as text[])) and r.kind = any(cast(:kinds as text[]))
order by r.resource_id for update of r;

-- name: emergencies_busy
select id from unnest(cast(:ids as integer[])) as id where is_sent(id);

-- name: emergencies_resource^
select resource_id, name, unit_id from resources where resource_id = :resource_id and out_at is null and area like any(cast(:areas as text[]))
for update;

-- name: briefs_next$
select coalesce(max(number), 0) + 1 from briefs where incident_id = :incident_id;

-- name: briefs_add$
insert into briefs (incident_id, area, number, written_at, written_by, papers, inputs)
values (:incident_id, :area, :number, :now, :by, :papers, :inputs) returning brief_id;

-- name: briefs_of
select brief_id as id, number, written_at, written_by from briefs where incident_id = :incident_id order by number desc;

-- name: briefs_get^
select brief_id as id, incident_id, number, written_at, written_by, papers, inputs from briefs
where brief_id = :brief_id and area like any(cast(:areas as text[]));

-- name: briefs_warnings
-- In force for the incident's area: of the whole district, or of its street.
select title, coalesce(severity, 4) as severity, observed_at from reports
where channel = 'weather' and not history and stage <> 'dismissed' and ended_at is null and drill = :drill and coalesce(ends_at, 'infinity') > :now
  and observed_at > :since and (starts_with(:area, area) or starts_with(area, :area))
order by severity, observed_at desc limit 20;
