-- Enterprises and sites, their risk with its history, and whom to call: that stands with the persons.

-- name: enterprises_list
select e.enterprise_id as id, e.code, e.name, e.kind, e.area, e.address, e.lon, e.lat, e.risk, e.risk_at, e.unit_id, u.name as unit, u.name_en as unit_en,
       e.note, e.ended_at, e.updated_at, e.drill, e.simulated, e.version, p.name as contact, p.phone,
       (select count(*) from hazards h where h.enterprise_id = e.enterprise_id and h.ended_at is null)::integer as hazards
from enterprises e left join units u using (unit_id) left join persons p using (person_id)
where e.area like any(cast(:areas as text[])) and e.area like :area and e.enterprise_id < :after
  and (cast(:code as text) is null or e.code = :code)
  and (cast(:kinds as text[]) is null or e.kind = any(cast(:kinds as text[])))
  and (cast(:risks as integer[]) is null or e.risk = any(cast(:risks as integer[])))
  and (cast(:q as text) is null or e.name ilike :q or e.code ilike :q or e.address ilike :q)
  and (e.ended_at is null or :ended)
order by e.enterprise_id desc limit :limit;

-- name: enterprises_lock^
select * from enterprises where code = :code and area like any(cast(:areas as text[])) for update;

-- name: enterprises_add$
insert into enterprises (code, name, kind, area, address, lon, lat, unit_id, person_id, note, created_at, updated_at, simulated)
values (:code, :name, :kind, :area, :address, :lon, :lat, :unit_id, :person_id, :note, :now, :now, :simulated)
on conflict (code) do nothing returning enterprise_id;

-- name: enterprises_save!
update enterprises
set name = :name, kind = :kind, area = :area, address = :address, lon = :lon, lat = :lat, unit_id = :unit_id, person_id = :person_id, note = :note,
    ended_at = :ended_at, updated_at = :now, version = version + 1
where enterprise_id = :enterprise_id;

-- name: enterprises_save_risk!
update enterprises set risk = :risk, risk_at = :now, updated_at = :now, version = version + 1 where enterprise_id = :enterprise_id;

-- name: enterprises_add_risk!
insert into enterprise_risks (enterprise_id, at, by_id, by_name, before, after, why) values (:enterprise_id, :now, :account_id, :name, :before, :after, :why);

-- name: enterprises_risks
select at, by_name as by, before, after, why from enterprise_risks where enterprise_id = :enterprise_id order by change_id desc;

-- name: enterprises_contact^
select p.name, p.phone, e.area from enterprises e join persons p using (person_id)
where e.code = :code and e.area like any(cast(:areas as text[]));

-- name: enterprises_revise_contact!
update persons set name = :name, phone = :phone where person_id = :person_id;
