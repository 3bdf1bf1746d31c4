-- Values of indicators that others compute, and daily values of what stands now.

-- name: indicator_values_held
select code, area, period, first, revision, value, numerator, denominator, version, source, at, by, note, simulated
from indicator_values_held
where code = any (cast(:codes as text[])) and area = :area and area like any (cast(:areas as text[])) and first >= :since and first <= :until
order by code, period, first;

-- name: indicator_values_history
select value_id as id, code, area, period, first, revision, value, numerator, denominator, version, source, at, by, note, simulated
from indicator_values
where code = :code and area like :area and area like any (cast(:areas as text[])) and value_id < :after
order by value_id desc limit :limit;

-- name: indicator_values_same
-- What is held of the very periods that somebody wants to tell of.
select v.code, v.area, v.period, v.first, v.revision, v.value, v.numerator, v.denominator
from unnest(cast(:codes as text[]), cast(:of as text[]), cast(:periods as text[]), cast(:firsts as date[])) w (code, area, period, first)
join indicator_values_held v on v.code = w.code and v.area = w.area and v.period = w.period and v.first = w.first;

-- name: indicator_values_add*!
insert into indicator_values (code, area, period, first, revision, value, numerator, denominator, version, source, at, by, account_id, note, simulated)
values (:code, :area, :period, :first, :revision, :value, :numerator, :denominator, :version, :source, :at, :by, :account_id, :note, :simulated);
