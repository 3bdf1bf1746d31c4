-- Figures derived from measured hours; versions are added, never changed.

-- name: derived_inputs
select h.hour, d.device, d.area, d.simulated, m.metric, h.expected, h.good, h.sum, h.energy, h.last
from device_hours h join devices d using (device_id) join metrics m using (metric_id)
where h.hour >= :since and h.hour < :until and m.metric = any(cast(:metrics as text[])) and not d.drill
order by d.device, h.hour;

-- name: derived_hourly
-- What hours were worth, as they stand now, to be summed up to a day.
select distinct on (figure, subject, at) figure, subject, since, area, simulated, of
from derived where figure = any(cast(:figures as text[])) and at > :since and at <= :until order by figure, subject, at, version desc;

-- name: derived_standing
select distinct on (figure, subject) figure, subject, value, text, reason, standard, of, version
from derived where at = :at and figure = any(cast(:figures as text[])) order by figure, subject, version desc;

-- name: derived_add!
insert into derived (figure, subject, since, at, version, value, text, reason, of, standard, area, simulated, computed_at)
select t.*, :now from jsonb_to_recordset(:rows) as t (figure text, subject text, since timestamptz, at timestamptz, version int, value float8, text text, reason text,
    of jsonb, standard text, area text, simulated boolean);

-- name: derived_areas
select code from areas where level in ('city', 'district', 'street') order by code;

-- name: derived_list
-- The version that held at a moment; newest first.
select t.figure, t.subject, t.since, t.at, t.version, t.value, t.text, t.reason, t.of, t.standard, t.area, t.simulated, t.computed_at
from (select distinct on (figure, subject, at) * from derived
      where at >= :since and at < :until and area like any(cast(:areas as text[])) and area like :area and computed_at <= :as_of
        and (cast(:figure as text[]) is null or figure = any(cast(:figure as text[]))) and (cast(:subject as text) is null or subject = :subject)
      order by figure, subject, at, version desc) t
where (t.at, t.figure, t.subject) < (cast(:after_at as timestamptz), cast(:after_figure as text), cast(:after_subject as text))
order by t.at desc, t.figure desc, t.subject desc limit :limit;

-- name: derived_forget!
delete from derived where at < :before;
