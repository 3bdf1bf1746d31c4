-- What was recorded of the live picture, and the moments a reader may want to go to.

-- name: replay_kept^
-- How far the recording goes: the newest of its takes, or the frame it began with.
select * from (
    select last, until from replay_takes union all select sequence, at from replay_frames where opens
) r order by until desc limit 1;

-- name: replay_frame_at$
select max(at) from replay_frames;

-- name: replay_add_frame!
insert into replay_frames (sequence, at, opens, body) values (:sequence, :at, :opens, :body) on conflict (at) do nothing;

-- name: replay_add_take!
insert into replay_takes (since, until, first, last, told_at, body) values (:since, :until, :first, :last, :told_at, :body)
on conflict (since) do nothing;

-- name: replay_frame^
select sequence, at, body from replay_frames where at <= :at order by at desc limit 1;

-- name: replay_takes
-- A delta may be stamped a little before the take that holds it began.
select since, until, first, last, told_at, body from replay_takes
where last > :after and since <= (:until)::timestamptz + interval '10 seconds' order by since limit :most;

-- name: replay_takes_last^
select last, until, told_at from replay_takes order by until desc limit 1;

-- name: replay_veils
-- What became confidential since the recording began, and what was made of it, in the words of now: also incidents that it had left by then.
-- An hour longer: screens hear of a veil after it is drawn.
with began as materialized (select min(at) - interval '1 hour' as at from replay_frames),
     told as materialized (select report_id, external_id, title, extra from reports
                           where extra ->> 'confidential' = 'true' and processed_at >= (select at from began)),
     made as materialized (select noun, key from audit where act = 'veil' and at >= (select at from began)),
     raised as (select alert_id, title, incident_id from alerts where alert_id = any(array(select key::bigint from made where noun = 'alert'))),
     opened as (select case_number, title, incident_id from cases where case_number = any(array(select key from made where noun = 'case')))
select 'reports' as list, report_id::text as id, title_for_all(title, external_id, extra) as title, null as text from told
union all select 'alerts', alert_id::text, title, null from raised
union all select 'cases', case_number, title, null from opened
union all select 'incidents', incident_id::text, title, text from incidents
          where incident_id in (select incidents_that_held(report_id) from told union select incident_id from raised union select incident_id from opened);

-- name: replay_spans
-- Takes that follow each other are one span.
select min(since) as since, max(until) as until from (
    select since, until, sum(apart) over (order by since) as span from (
        select since, until, (since is distinct from lag(until) over w or first is distinct from lag(last) over w + 1)::integer as apart
        from replay_takes window w as (order by since)) t) s
group by span order by 1;

-- name: replay_still
-- When nobody kept the picture up to date although the recorder looked: from the last sign of life on.
select told_at as since, max(until) as until from replay_takes where told_at < until - interval '5 seconds' group by told_at order by 1;

-- name: replay_opened$
select max(at) from replay_frames where opens;

-- name: replay_forget_takes!
delete from replay_takes where until < :before;

-- name: replay_forget_frames!
-- One frame before the first take stays: it is what the take is laid over.
delete from replay_frames where at < (select coalesce(max(at), '-infinity') from replay_frames where at <= :before);

-- name: replay_size^
select (select count(*) from replay_takes) as takes, (select count(*) from replay_frames) as frames,
       (select coalesce(sum(length(body)), 0) from replay_takes) + (select coalesce(sum(length(body)), 0) from replay_frames) as bytes;

-- name: replay_moments
-- What happened, in the order of time. `incident`: only of this one.
select at, kind, act, id, title, severity, area, channel, drill, simulated from (
    select raised_at as at, 'alert' as kind, 'raised' as act, alert_id::text as id, title, coalesce(worst, severity) as severity, area, null as channel, drill, simulated,
           incident_id from alerts where raised_at >= :since and raised_at < :until and severity < 5 and not probe
    union all
    select acked_at, 'alert', 'acknowledged', alert_id::text, title, severity, area, null, drill, simulated, incident_id
    from alerts where acked_at >= :since and acked_at < :until and severity < 5 and not probe
    union all
    select ended_at, 'alert', 'ended', alert_id::text, title, severity, area, null, drill, simulated, incident_id
    from alerts where ended_at >= :since and ended_at < :until and severity < 5 and not probe
    union all
    select received_at, 'report', 'received', report_id::text, title_for_all(title, external_id, extra), severity, area, channel, drill, simulated, incident_id
    from reports where received_at >= :since and received_at < :until and not history
    union all
    select opened_at, 'incident', 'opened', incident_id::text, title, severity, area, null, drill, simulated, incident_id
    from incidents where opened_at >= :since and opened_at < :until
    union all
    select closed_at, 'incident', 'closed', incident_id::text, title, severity, area, null, drill, simulated, incident_id
    from incidents where closed_at >= :since and closed_at < :until
    union all
    select opened_at, 'case', 'opened', case_number, title, severity, area, null, drill, simulated, incident_id
    from cases where opened_at >= :since and opened_at < :until
    union all
    select dispatched_at, 'case', 'dispatched', case_number, title, severity, area, null, drill, simulated, incident_id
    from cases where dispatched_at >= :since and dispatched_at < :until
    union all
    select finished_at, 'case', 'finished', case_number, title, severity, area, null, drill, simulated, incident_id
    from cases where finished_at >= :since and finished_at < :until
    union all
    select closed_at, 'case', 'closed', case_number, title, severity, area, null, drill, simulated, incident_id
    from cases where closed_at >= :since and closed_at < :until) m
where area like any (:areas) and ((:incident)::bigint is null or incident_id = :incident) and ((:worst)::integer is null or kind = 'incident' or (act = 'raised' and severity <= :worst))
order by at, kind, id limit :most;

-- name: replay_density
-- How many signals (alerts and reports) came in each bucket, and how grave the worst was. No drills, no notices: as the trend counts.
select (extract(epoch from date_bin(make_interval(secs => :bucket_s), at, :since))::bigint) as bucket, count(*)::integer as n, min(severity)::integer as worst
from (select raised_at as at, severity, area from alerts where raised_at >= :since and raised_at < :until and severity < 5 and not drill and not probe
      union all
      select received_at, severity, area from reports where received_at >= :since and received_at < :until and not drill and not history) s
where area like any (:areas) group by 1 order by 1;
