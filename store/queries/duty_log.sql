-- The duty log (值班日志): entries are written once, an amendment is a row of its own.

-- name: duty_log_list
select e.entry_id as id, e.area, e.shift_id, e.at, e.written_at, e.written_by, e.written_name as by, coalesce(a.text, e.text) as text, e.origin, e.left_out, e.why,
       e.drill, e.simulated, 1 + coalesce(a.times, 0)::integer as version, coalesce(a.amendments, '[]') as amendments,
       case when a.times > 0 then e.text end as first_text, s.signature
from duty_entries e
left join lateral (
    select count(*) as times, (array_agg(m.text order by m.entry_id desc))[1] as text,
           jsonb_agg(jsonb_build_object('at', m.written_at, 'by', m.written_name, 'text', m.text, 'why', m.why) order by m.entry_id) as amendments
    from duty_entries m where m.amends = e.entry_id) a on true
left join lateral (
    select jsonb_build_object('from', g.from_name, 'to', g.to_name, 'offered_at', g.offered_at, 'signed_at', g.signed_at,
                              'later', exists (select from duty_entries m where m.amends = e.entry_id and m.entry_id <> all(g.entries))) as signature
    from duty_signatures g where g.shift_id = e.shift_id and g.signed_at is not null and e.entry_id = any(g.entries)
    order by g.signed_at limit 1) s on true
where e.amends is null and e.area like any(cast(:areas as text[])) and e.area like :area and e.entry_id < :after
  and (cast(:entry_id as bigint) is null or e.entry_id = :entry_id)
  and (not e.left_out or :left_out)
  and e.at >= :since and e.at < :until
order by e.entry_id desc limit :limit;

-- name: duty_log_lock^
-- The first of an entry's rows: whoever amends waits for whoever amends.
select entry_id, area, written_by, shift_id, drill, simulated, (select 1 + count(*)::integer from duty_entries m where m.amends = e.entry_id) as version
from duty_entries e where entry_id = :entry_id and amends is null and area like any(cast(:areas as text[])) for update;

-- name: duty_log_add$
insert into duty_entries (area, shift_id, at, written_at, written_by, written_name, text, origin, left_out, amends, why, drill, simulated)
values (:area, :shift_id, :at, :now, :account_id, :name, :text, :origin, :left_out, :amends, :why, :drill, :simulated)
on conflict (area, origin) where origin is not null and amends is null do nothing returning entry_id;

-- name: duty_log_proposals
-- What happened in a shift and stands in no entry of its area's log yet: incidents, storms, handovers, orders, major hazards.
select p.* from (
    select 'incident/' || incident_id || '/opened' as origin, opened_at as at, 'incident_opened' as what, title, severity, area, drill, simulated,
           'incident' as noun, incident_id::text as key
    from incidents where opened_at >= :since and opened_at <= :now and severity <= :gravest
    union all
    select 'incident/' || incident_id || '/closed', closed_at, 'incident_' || stage, title, severity, area, drill, simulated, 'incident', incident_id::text
    from incidents where closed_at >= :since and closed_at <= :now and severity <= :gravest
    union all
    select 'storm/' || storm_id || '/began', began_at, 'storm_began', arrivals::text, 2, area, false, false, 'storm', storm_id::text
    from storms where began_at >= :since and began_at <= :now
    union all
    select 'storm/' || storm_id || '/ended', ended_at, 'storm_ended', arrivals::text, 2, area, false, false, 'storm', storm_id::text
    from storms where ended_at >= :since and ended_at <= :now
    union all
    select 'handover/' || h.handover_id || '/' || h.outcome, h.decided_at, 'handover_' || h.outcome, s.name || ' → ' || h.to_name, 4, s.area, false, false,
           'handover', h.handover_id::text
    from handovers h join shifts s using (shift_id)
    where h.decided_at >= :since and h.decided_at <= :now and h.outcome in ('accepted', 'declined') and (h.to_id = :account_id or s.account_id = :account_id)
    union all
    select 'order/' || o.order_id || '/issued', o.issued_at, 'order_issued', c.title, c.severity, c.area, o.drill, o.simulated, 'case', o.case_number
    from expedite_orders o join cases c using (case_number) where o.issued_at >= :since and o.issued_at <= :now
    union all
    select 'hazard/' || hazard_id || '/found', found_at, 'hazard_found', title, 2, area, drill, simulated, 'hazard', hazard_id::text
    from hazards where found_at >= :since and found_at <= :now and level = 'major') p
where p.area like any(cast(:areas as text[]))
  and not exists (select from duty_entries e where e.area = :area and e.origin = p.origin)
order by p.at desc limit :limit;

-- name: duty_log_of_shift
select entry_id, at, written_at, written_by, text, origin, left_out, amends, why from duty_entries where shift_id = :shift_id order by entry_id;

-- name: duty_log_freeze!
insert into duty_signatures (handover_id, shift_id, area, entries, hash, from_id, from_name, offered_at, to_id, to_name)
values (:handover_id, :shift_id, :area, :entries, :hash, :from_id, :from_name, :now, :to_id, :to_name);

-- name: duty_log_sign!
update duty_signatures set signed_at = :now where handover_id = :handover_id and to_id = :to_id and signed_at is null;

-- name: duty_log_signatures
select handover_id, shift_id, entries, hash, from_name, offered_at, to_name, signed_at from duty_signatures
where area like any(cast(:areas as text[])) and offered_at >= :since and offered_at < :until order by handover_id desc limit :limit;
