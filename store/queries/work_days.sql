-- The city's corrections of a year as an administrator reads and changes them.

-- name: work_days_of_year
select day, works, note from work_days where day >= :since and day < :until order by day;

-- name: work_days_lock!
-- Two who change the same year would otherwise both find it as they saw it, where no row stands yet. Who reads is not kept waiting.
lock table work_days in share row exclusive mode;
