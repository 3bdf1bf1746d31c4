-- Starts and repeated names used to draw numbers that no metric got, and there are 32,767: the count goes on after the last one in use.
lock table metrics in share row exclusive mode;  -- nobody draws a number meanwhile
select setval(pg_get_serial_sequence('metrics', 'metric_id'), coalesce(max(metric_id), 1), max(metric_id) is not null) from metrics;
