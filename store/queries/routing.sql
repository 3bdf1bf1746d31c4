-- name: routing_fitting
-- Rules whose class and area fit; the time of the week is judged by `dispatch.routing`. A rule of a unit that was closed fits nothing.
select r.rule, r.label, r.label_en, r.classes, r.areas, r.times, r.on_shift, r.automatic, r.zone,
       u.unit_id as lead_id, u.name as lead_name, u.name_en as lead_name_en,
       a.account_id as worker_id, a.title as worker_title, w.unit_id as worker_unit, w.name as worker_unit_name, w.name_en as worker_unit_name_en,
       coalesce((select jsonb_agg(jsonb_build_object('unit_id', s.unit_id, 'name', s.name, 'name_en', s.name_en) order by p.place)
                 from unnest(r.support_units) with ordinality as p (unit_id, place) join units s using (unit_id) where s.disabled_at is null), '[]') as supports
from routing_rules r left join units u on u.unit_id = r.lead_unit
left join accounts a on a.account_id = r.worker_id and a.disabled_at is null and a.role = any(cast(:roles as text[]))
    and exists (select from unnest(a.areas) as p where starts_with(:area, p))  -- who handles no more, or not there, is nobody
left join units w on w.unit_id = a.unit_id
where r.withdrawn_at is null and r.enabled and u.disabled_at is null
  and (r.classes = '{}' or exists (select from unnest(r.classes) as c where starts_with(:class_code, c)))
  and (r.areas = '{}' or exists (select from unnest(r.areas) as c where starts_with(:area, c)))
order by r.rule;

-- name: routing_owner^
select u.unit_id, u.name, u.name_en from components c join units u on u.unit_id = c.owner_unit
where c.code = :code and c.removed_at is null and u.disabled_at is null;

-- name: routing_worker^
select a.account_id, a.title, u.unit_id, u.name, u.name_en from accounts a left join units u on u.unit_id = a.unit_id and u.disabled_at is null
where a.account_id = :account_id and a.disabled_at is null and a.role = any(cast(:roles as text[]))
  and exists (select from unnest(a.areas) as p where starts_with(:area, p));

-- name: routing_sent_back
select r.sent_back_by, r.worker_id, u.unit_id, u.name, u.name_en from case_routes r left join units u on u.unit_id = r.lead_unit
where r.case_number = :case_number and r.sent_back_at is not null order by r.route_id;

-- name: routing_case^
select case_number, class_code, condition_no, area, cell_id, component_code from cases where case_number = :case_number;

-- name: routing_area_names
select code, name from areas where starts_with(:area, code);

-- name: routing_standard^
-- The lead unit of the class's standard: by the code the city gave it, else by the first name that stands there. Which of the two tables
-- goes first is said as for the clock: the components' for a component of that very class, else the events'.
select u.unit_id, u.name, u.name_en
from class_standards s join units u on u.code = s.lead_unit or (s.lead_unit is null and u.name = s.units[1])
where s.class_code = :class_code and (s.kind = 'event' or cast(:component as text) is not null) and s.ended_at is null and u.disabled_at is null
order by (s.kind = 'component') is distinct from exists (select from components k where k.code = :component and k.class_code = s.class_code),
  s.condition_no is distinct from cast(:condition_no as smallint), s.condition_no, u.unit_id limit 1;

-- name: routing_hand_on!
-- Handed on inside the unit that has it: no second dispatch.
update case_routes set worker_id = :worker_id
where route_id = (select max(route_id) from case_routes where case_number = :case_number) and sent_back_at is null and lead_unit = :lead_unit;

-- name: routing_add_route!
insert into case_routes (case_number, area, at, by_id, basis, rule, lead_unit, worker_id, drill)
select :case_number, :area, :now, :by_id, :basis, :rule, :lead_unit, :worker_id, drill from cases where case_number = :case_number;

-- name: routing_send_back!
update case_routes set sent_back_at = :now, sent_back_by = :by_id, sent_back_why = :why
where route_id = (select max(route_id) from case_routes where case_number = :case_number) and sent_back_at is null;

-- name: routing_list
select r.rule, r.label, r.label_en, r.classes, r.areas, r.times as "when", u.code as lead_unit, u.name as lead_unit_name,
       coalesce((select array_agg(s.code order by p.place) from unnest(r.support_units) with ordinality as p (unit_id, place)
                 join units s using (unit_id)), '{}') as support_units,
       a.login as worker, r.on_shift, r.automatic, r.enabled, r.revision, r.updated_at, r.withdrawn_at is not null as withdrawn,
       coalesce(t.dispatched, 0) as dispatched, coalesce(t.sent_back, 0) as sent_back, l.last_used_at
from routing_rules r left join units u on u.unit_id = r.lead_unit left join accounts a on a.account_id = r.worker_id
left join lateral (select max(at) as last_used_at from case_routes where rule = r.rule and not drill) l on true
left join (select rule, count(*) as dispatched, count(sent_back_at) as sent_back from case_routes
           where rule is not null and at >= :since and not drill group by rule) t on t.rule = r.rule
where (r.withdrawn_at is null or :withdrawn) and (cast(:rule as text) is null or r.rule = :rule) order by r.rule;

-- name: routing_bases
-- By what cases were given out, and how many came back.
select basis, count(*) as dispatched, count(sent_back_at) as sent_back from case_routes where at >= :since and not drill group by basis order by basis;

-- name: routing_revision^
select revision, withdrawn_at from routing_rules where rule = :rule for update;

-- name: routing_units
select code, unit_id from units where code = any(:codes ::text[]) and disabled_at is null;

-- name: routing_save!
insert into routing_rules (rule, label, label_en, classes, areas, times, lead_unit, support_units, worker_id, on_shift, automatic, enabled, zone, revision, updated_at)
values (:rule, :label, :label_en, :classes, :areas, :times, :lead_unit, :support_units, :worker_id, :on_shift, :automatic, :enabled, :zone, :revision, :now)
on conflict (rule) do update
set label = excluded.label, label_en = excluded.label_en, classes = excluded.classes, areas = excluded.areas, times = excluded.times,
    lead_unit = excluded.lead_unit, support_units = excluded.support_units, worker_id = excluded.worker_id, on_shift = excluded.on_shift,
    automatic = excluded.automatic, enabled = excluded.enabled, zone = excluded.zone, revision = excluded.revision, updated_at = excluded.updated_at,
    withdrawn_at = null;

-- name: routing_withdraw!
update routing_rules set withdrawn_at = :now, updated_at = :now, revision = :revision where rule = :rule;

-- name: routing_keep!
insert into routing_revisions (rule, revision, body, at, by, by_id, why) values (:rule, :revision, :body, :now, :by, :by_id, :why);

-- name: routing_history
select revision, body, at, by, why from routing_revisions where rule = :rule order by revision desc limit :limit;
