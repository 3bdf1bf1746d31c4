create index on reports (channel, report_id);
