-- name: rulebook_highest^
select max(revision) as revision from rule_revisions;

-- name: rulebook_current
select distinct on (rule) rule, revision, body, origin, at, by, why from rule_revisions order by rule, revision desc;

-- name: rulebook_of_rule
select revision, rule, body, origin, at, by, why from rule_revisions where rule = :rule and revision < :before order by revision desc limit :limit;

-- name: rulebook_lock^
select pg_advisory_xact_lock(:key);

-- name: rulebook_add$
insert into rule_revisions (rule, body, origin, at, by, why) values (:rule, :body, :origin, :at, :by, :why) returning revision;

-- name: rulebook_file_words
select distinct on (rule) rule, revision, body, at from rule_revisions where origin = 'file' order by rule, revision desc;

-- name: rulebook_orphans
select alert_id, stage, area, version, rule from alerts where stage <> 'normal' and rule = any(cast(:rules as text[]))
order by alert_id limit :limit for update skip locked;

-- name: rulebook_unheard_of
-- Of rules that stand nowhere: a release renamed them before rules were kept.
select alert_id, stage, area, version, rule from alerts where stage <> 'normal' and rule <> all(cast(:known as text[]))
order by alert_id limit :limit for update skip locked;

-- name: rulebook_by_other_words
select a.alert_id, a.rule, a.subject, d.device, m.metric
from unnest(cast(:rules as text[]), cast(:revisions as bigint[])) as r (rule, revision)
join alerts a on a.rule = r.rule and a.stage <> 'normal' and a.revision is distinct from r.revision
left join devices d on d.device_id = a.device_id left join metrics m on m.metric_id = a.metric_id
where a.alert_id > :after order by a.alert_id limit :limit;

-- name: rulebook_of_moved
-- Open alerts of devices whose scope became another: once when it is noted, and once when every batch that may have begun before is over.
with first as (update device_moves set seen_at = :now
               where note_id = any(array(select note_id from device_moves where seen_at is null order by note_id limit :limit)) returning device_id),
     last as (delete from device_moves
              where note_id = any(array(select note_id from device_moves where seen_at < :before order by note_id limit :limit)) returning device_id),
     moved as (select device_id from first union select device_id from last)
select a.alert_id, a.rule, a.subject, d.device, m.metric
from moved join alerts a on a.device_id = moved.device_id and a.stage <> 'normal'
join devices d on d.device_id = a.device_id left join metrics m on m.metric_id = a.metric_id;

-- name: rulebook_hold
select alert_id, stage, area, version, rule from alerts where alert_id = any(cast(:alert_ids as bigint[])) and stage <> 'normal'
order by alert_id for update skip locked;

-- name: rulebook_drop_waits!
delete from rule_waits where rule = any(cast(:rules as text[]));

-- name: rulebook_rung
select rule, count(*) as rang, count(*) filter (where stage <> 'normal') as open,
       count(*) filter (where verdict is not null) as judged, count(*) filter (where verdict = 'false_alarm') as dismissed
from alerts where raised_at >= :since and not probe and not drill group by rule;

-- name: rulebook_told
select d.device_id, d.device, coalesce(array_agg(m.metric) filter (where m.metric is not null), '{}') as metrics
from (select device_id, device from devices where device_id > :after order by device_id limit :limit) d
left join device_states s using (device_id) left join metrics m using (metric_id)
group by d.device_id, d.device order by d.device_id;
