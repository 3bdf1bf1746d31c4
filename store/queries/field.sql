-- name: field_position_add!
insert into field_positions (account_id, area, act, case_number, media_id, done_at, received_at, clock_off_s, lon, lat, accuracy_m, distance_m, doubts)
values (:account_id, :area, :act, :case_number, :media_id, :done_at, :now, :clock_off_s, :lon, :lat, :accuracy_m, :distance_m, :doubts);

-- name: field_position_last^
-- Nearest in time: a queue sent late tells of moments before others that are known already.
select lon, lat, done_at, accuracy_m from field_positions
where account_id = :account_id and lon is not null and done_at between cast(:done_at as timestamptz) - interval '12 hours' and cast(:done_at as timestamptz) + interval '12 hours'
order by abs(extract(epoch from done_at - cast(:done_at as timestamptz))), position_id desc limit 1;

-- name: field_positions_of_case
select p.act, a.title as who, p.account_id, p.media_id, p.done_at, p.received_at, p.clock_off_s, p.lon, p.lat, p.accuracy_m, p.distance_m, p.doubts
from field_positions p join accounts a using (account_id) where p.case_number = :case_number order by p.position_id;

-- name: field_case_place^
select lon, lat, area, opened_at, coalesce(dispatched_at, opened_at) as since from cases where case_number = :case_number;

-- name: field_positions_forget!
delete from field_positions where received_at < :before;
