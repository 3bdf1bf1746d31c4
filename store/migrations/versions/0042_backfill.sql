-- What stands already, as the versions before would have it. Rows only, so that nobody waits for a table; taken as intake takes them:
-- reports, alerts, cases, each in one order.
select from reports where extra ->> 'confidential' = 'true' order by source, external_id for update;
select from alerts a join reports r using (report_id) where r.extra ->> 'confidential' = 'true' order by a.alert_id for update of a;
select from cases where case_number in (
    select case_number from cases where closed_at is null or reopens > 0
    union select c.case_number from cases c join reports r using (report_id) where r.extra ->> 'confidential' = 'true'
    union select c.case_number from cases c join reports r using (incident_id) where r.extra ->> 'confidential' = 'true'
    union select c.case_number from cases c join alerts a using (alert_id) join reports r on r.report_id = a.report_id where r.extra ->> 'confidential' = 'true'
    union select case_number from hotline_tickets where confidential)
order by case_number for update;

-- A case of a confidential ticket bears the ticket's number, never its words: those stand in the report, for the desk and who handles it.
select veil_made_of(report_id, now(), array[title, text]) from reports where extra ->> 'confidential' = 'true' order by source, external_id;
insert into incident_marks select distinct incident_id from reports where extra ->> 'confidential' = 'true' and incident_id is not null;

update case_clocks set ran = case
    when consumed = '0' and paused_for = '0' then '{}'
    when running_since is null and paused_for = '0' and started_at < paused_at then tstzmultirange(tstzrange(started_at, paused_at)) end
where ended_at is null and ran is null;

update cases c set late_rounds = k.late
from (select case_number, count(*) as late from case_clocks k
      where clock = 'total' and overdue_at is not null
        and exists (select from case_clocks later where later.case_number = k.case_number and later.clock = 'total' and later.round > k.round)
      group by case_number) k
where k.case_number = c.case_number;
