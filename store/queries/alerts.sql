-- name: alerts_list
select to_jsonb(v) as shape from live_alerts v
where v.area like any(cast(:areas as text[])) and v.area like :area and v.id < :after and not v.probe
  and (cast(:stages as text[]) is null or v.stage = any(cast(:stages as text[])))
  and (cast(:domain as text) is null or v.domain = :domain)
  and (cast(:severity as integer[]) is null or v.severity = any(cast(:severity as integer[])))
  and (cast(:cell as text) is null or v.cell_id = (select c.cell_id from cells c where c.cell_code = :cell or c.cell_id::text = :cell))
  and (cast(:device as text) is null or v.device = :device)
  and (cast(:rule as text) is null or v.rule = :rule)
  and (cast(:incident_id as bigint) is null or v.incident_id = :incident_id)
  and v.raised_at >= :since and v.raised_at < :until
order by v.id desc limit :limit;

-- name: alerts_lock^
select alert_id, rule, title, domain, class_code, severity, stage, hold, area, cell_id, lon, lat, report_id, incident_id, drill, simulated, version,
       owner_id, owner, verdict
from alerts where alert_id = :alert_id and area like any(cast(:areas as text[])) for update;

-- name: alerts_acknowledge!
update alerts set stage = :stage, acked_at = :now, acked_by = :by, acked_id = :account_id, ack_note = :note, updated_at = :now, version = version + 1,
    ended_at = case when :stage = 'normal' then :now else ended_at end
where alert_id = :alert_id and version = :version;

-- name: alerts_clear!
update alerts set stage = 'normal', ended_at = :now, updated_at = :now, version = version + 1
where alert_id = :alert_id and version = :version;

-- name: alerts_hold!
update alerts set hold = :hold, hold_by = :by, hold_why = :why, hold_until = :until, hold_ref = null,
    hold_since = case when :hold <> 'none' then :now ::timestamptz end, updated_at = :now, version = version + 1
where alert_id = :alert_id and version = :version;

-- name: alerts_judge!
update alerts set verdict = :verdict, verdict_by = :by, verdict_why = :why, verdict_at = :now, updated_at = :now, version = version + 1
where alert_id = :alert_id and version = :version;

-- name: alerts_own!
update alerts set owner_id = :owner_id, owner = :owner, updated_at = :now, version = version + 1 where alert_id = :alert_id and version = :version;

-- name: alerts_touch!
-- `moved` 0: a word more, and nobody's act is stale for it.
update alerts set updated_at = :now, version = version + :moved where alert_id = :alert_id and version = :version;

-- name: alerts_link!
update alerts set incident_id = :incident_id, updated_at = :now, version = version + 1 where alert_id = any(:alert_ids);

-- name: alerts_of_incident
select alert_id, stage, report_id from alerts
where incident_id = :incident_id and stage <> 'normal' and area like any(cast(:areas as text[])) order by alert_id;

-- name: alerts_unjudged_of_incident
select alert_id from alerts where incident_id = :incident_id and verdict is null and area like any(cast(:areas as text[])) order by alert_id;

-- name: alerts_of_report
select alert_id, stage, report_id from alerts
where report_id = :report_id and stage <> 'normal' and area like any(cast(:areas as text[])) order by alert_id;

-- name: alerts_shelved_until
select alert_id, version from alerts where hold = 'shelved' and hold_until <= :now and stage <> 'normal' order by alert_id for update skip locked;
