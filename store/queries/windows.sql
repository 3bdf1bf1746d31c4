-- Windows of readings that rules ask for: aggregated here, by range scans of keys.

-- name: windows_read
-- Only those whose last look is long enough ago (`width_s`), or that are asked for anyhow. A look reads the readings since the last one, adds them to
-- slices of `width_s`, drops the slices that the window has passed, and sums up what is left: readings with a value and a wanted quality in
-- (until - span, until], of the oldest slice a width at most too many. What a statement writes it does not see: `fresh` is added to what stood.
-- Of readings that each tell the sum of `each_s` before them a chain is taken: the newest, the next one so long before it, and so on. None
-- overlaps another by more than `slack_s`, and none tells of what lies more than a tenth of `each_s` before the window.
-- `earliest` lets the planner leave out what is older than every window.
with asked as (
    select *, make_interval(secs => span_s) as span, make_interval(secs => width_s) as width
    from unnest(:devices ::int4[], :metrics ::int2[], :untils ::timestamptz[], :spans ::int4[], :eaches ::int4[], :masks ::int4[], :widths ::float8[],
                :slacks ::float8[], :anyhows ::int2[]) with ordinality as t (device_id, metric_id, until, span_s, each_s, mask, width_s, slack_s, anyhow, place)
), due as (
    select a.*, greatest(coalesce(l.looked_at, '-infinity'), a.until - a.span) as since
    from asked a left join window_looks l using (device_id, metric_id, span_s, each_s, mask)
    where a.anyhow = 1 or l.looked_at is null or a.until >= l.looked_at + a.width
), newest as materialized (
    select device_id, metric_id, span_s, each_s, mask, span, width, min(since) as since, max(until) as until
    from due group by device_id, metric_id, span_s, each_s, mask, span, width
), noted as (
    insert into window_looks as w (device_id, metric_id, span_s, each_s, mask, looked_at)
    select device_id, metric_id, span_s, each_s, mask, until from newest order by device_id, metric_id, span_s, each_s, mask
    on conflict (device_id, metric_id, span_s, each_s, mask) do update set looked_at = greatest(w.looked_at, excluded.looked_at)
), fresh as materialized (
    select n.device_id, n.metric_id, n.span_s, n.mask, b.*
    from newest n cross join lateral (
        select date_bin(n.width, r.observed_at, '2000-01-01Z') as bin, count(*)::int as count, sum(r.value) as sum, min(r.value) as min,
               max(r.value) as max, max(r.observed_at) as last_at
        from readings r
        where r.device_id = n.device_id and r.metric_id = n.metric_id and r.observed_at > n.since and r.observed_at <= n.until
          and r.observed_at > :earliest and r.value is not null and (1 << r.quality) & n.mask <> 0
        group by 1) b
    where n.each_s = 0
), kept as (
    insert into window_slices as s (device_id, metric_id, span_s, mask, bin, count, sum, min, max, last_at)
    select device_id, metric_id, span_s, mask, bin, count, sum, min, max, last_at from fresh
    on conflict (device_id, metric_id, span_s, mask, bin) do update
    set count = s.count + excluded.count, sum = s.sum + excluded.sum, min = least(s.min, excluded.min), max = greatest(s.max, excluded.max),
        last_at = excluded.last_at
), passed as (
    delete from window_slices s using newest n
    where (s.device_id, s.metric_id, s.span_s, s.mask) = (n.device_id, n.metric_id, n.span_s, n.mask) and n.each_s = 0
      and s.last_at <= n.until - n.span and s.bin < date_bin(n.width, n.since, '2000-01-01Z')
)
select d.place, coalesce(sum(w.count), 0)::int as count, sum(w.sum) as sum, min(w.min) as min, max(w.max) as max
from due d left join lateral (
    select s.count, s.sum, s.min, s.max from window_slices s
    where (s.device_id, s.metric_id, s.span_s, s.mask) = (d.device_id, d.metric_id, d.span_s, d.mask) and s.last_at > d.until - d.span and s.last_at <= d.until
    union all
    select f.count, f.sum, f.min, f.max from fresh f
    where (f.device_id, f.metric_id, f.span_s, f.mask) = (d.device_id, d.metric_id, d.span_s, d.mask) and f.last_at > d.until - d.span and f.last_at <= d.until
) w on true
where d.each_s = 0 group by d.place
union all
select d.place, w.count, w.sum, w.min, w.max
from due d cross join lateral (
    with recursive chain (observed_at, value) as (
        (select r.observed_at, r.value from readings r
         where r.device_id = d.device_id and r.metric_id = d.metric_id and r.observed_at <= d.until
           and r.observed_at > d.until - make_interval(secs => d.each_s) and r.observed_at > :earliest
           and r.value is not null and (1 << r.quality) & d.mask <> 0
         order by r.observed_at desc limit 1)
        union all
        select p.observed_at, p.value from chain c cross join lateral (
            select r.observed_at, r.value from readings r
            where r.device_id = d.device_id and r.metric_id = d.metric_id
              and r.observed_at <= c.observed_at - make_interval(secs => d.each_s - d.slack_s)
              and r.observed_at >= d.until - make_interval(secs => d.span_s - d.each_s * 0.9) and r.observed_at > :earliest
              and r.value is not null and (1 << r.quality) & d.mask <> 0
            order by r.observed_at desc limit 1) p)
    select count(*)::int as count, sum(value) as sum, min(value) as min, max(value) as max from chain) w
where d.each_s > 0;

-- name: windows_again!
-- Late or revised readings lie in slices that are closed: these windows are read anew.
with looks as (delete from window_looks where (device_id, metric_id) in (select unnest(:devices ::int4[]), unnest(:metrics ::int2[])))
delete from window_slices where (device_id, metric_id) in (select unnest(:devices ::int4[]), unnest(:metrics ::int2[]));

-- name: windows_forget!
-- Of devices and spans that nobody asks for any more.
with looks as (delete from window_looks where looked_at < :before) delete from window_slices where last_at < :before;
