-- name: record_copy!
copy readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at, text) from stdin (format binary);

-- name: record_stage_table!
create temporary table if not exists stage_readings (like readings_stage) on commit delete rows;

-- name: record_stage_empty!
delete from stage_readings;

-- name: record_stage_copy!
copy stage_readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at, text) from stdin (format binary);

-- name: record_stage_insert
-- Only what is new goes in; in key order, so that two workers with the same messages wait for each other instead of deadlocking.
insert into readings (observed_at, device_id, metric_id, quality, value, received_at, processed_at, text)
select observed_at, device_id, metric_id, quality, value, received_at, processed_at, text from stage_readings order by device_id, metric_id, observed_at
on conflict (device_id, metric_id, observed_at) do nothing
returning device_id, metric_id, observed_at;

-- name: record_existing
select r.device_id, r.metric_id, r.observed_at, r.value, r.text, r.quality
from readings r join stage_readings s using (device_id, metric_id, observed_at);

-- name: record_revise!
update readings set value = :value, text = :text, quality = :quality, received_at = :received_at, processed_at = :processed_at
where device_id = :device_id and metric_id = :metric_id and observed_at = :observed_at;

-- name: states_upsert
-- Late is not latest: an older reading never wins. Ordered by key: no deadlock between workers.
-- Told with each: whether its device was silent until now, and whether it is yet to be watched, as one heard on a known feed. A NaN stands for null.
-- `stood`: the last trusted value (good, or by hand), which stands since `changed_at`: neither a null nor what nobody trusts is a change.
with moved as (
    insert into device_states as s (device_id, metric_id, quality, value, observed_at, changed_at, updated_at, stood)
    select device_id, metric_id, quality, nullif(value, 'NaN'), observed_at, observed_at, :now, case when quality in (0, 9) then nullif(value, 'NaN') end
    from unnest(:devices ::int4[], :metrics ::int2[], :qualities ::int2[], :values ::float8[], :times ::timestamptz[])
        as t (device_id, metric_id, quality, value, observed_at)
    order by device_id, metric_id
    on conflict (device_id, metric_id) do update
    set quality = excluded.quality, value = excluded.value, observed_at = excluded.observed_at, updated_at = excluded.updated_at, text = null,
        changed_at = case when excluded.stood is not null and s.stood is distinct from excluded.stood then excluded.observed_at else s.changed_at end,
        stood = coalesce(excluded.stood, s.stood)
    where s.observed_at < excluded.observed_at
    returning s.device_id, s.metric_id, s.changed_at)
select device_id, metric_id, moved.changed_at, d.silent_at is not null as silent, w.feed is null as unwatched
from moved join devices d using (device_id) left join device_watch w using (device_id);

-- name: states_text!
-- The words of text metrics, after the upsert of their states.
update device_states set text = :text, changed_at = case when text is distinct from :text then observed_at else changed_at end
where device_id = :device_id and metric_id = :metric_id and observed_at = :observed_at;

-- name: states_changed!
update device_states set changed_at = :changed_at, stood = coalesce(:stood, stood) where (device_id, metric_id) = (:device_id, :metric_id);

-- name: states_observed
-- What the latest state was before a backlog of several readings of one metric arrives.
select device_id, metric_id, observed_at, stood, changed_at from device_states where device_id = any(:devices) order by device_id, metric_id for update;

-- name: record_rejected!
insert into rejected (received_at, feed, reason, detail, device, area, raw) values (:received_at, :feed, :reason, :detail, :device, :area, :raw);

-- name: record_dirty!
insert into rollup_dirty (bucket) select unnest(:buckets ::timestamptz[]) order by 1 on conflict do nothing;

-- name: presence_set^
-- Told with it: whether it is another word than before.
with known as (select device_id, presence from devices where device_id = :device_id and (presence_at is null or presence_at < :at) for update)
update devices d set presence = :presence, presence_at = :at from known k where d.device_id = k.device_id
returning d.device_id, k.presence is distinct from d.presence as changed;

-- name: presence_change!
-- The figure of devices online moves without a reading: the projector learns it from here.
insert into change_log (processed_at, area, noun, key, after)
select :now, area, 'device', device, jsonb_build_object('device', device, 'device_id', device_id, 'silent_at', silent_at, 'presence', presence)
from devices where device_id = :device_id;

-- name: report_insert
-- A batch as one JSON list; no key twice in it. In key order, so that two workers with the same tickets do not deadlock.
insert into reports (source, external_id, channel, class_code, title, text, area, cell_id, lon, lat, datum, placement, address, observed_at, received_at, processed_at,
    ended_at, ends_at, said_at, revised_at, confidence, severity, media, extra, person_id, history, simulated, drill)
select source, external_id, channel, class_code, title, text, area, cell_id, lon, lat, datum, placement, address, observed_at, received_at, processed_at,
    ended_at, ends_at, said_at, revised_at, confidence, severity, media, extra, person_id, history, simulated, drill
from json_to_recordset((:rows)::json) as t (source text, external_id text, channel text, class_code text, title text, text text, area text, cell_id int, lon float8, lat float8,
    datum text, placement text, address text, observed_at timestamptz, received_at timestamptz, processed_at timestamptz, ended_at timestamptz, ends_at timestamptz,
    said_at timestamptz, revised_at timestamptz, confidence float8, severity int2, media text[], extra jsonb, person_id int, history boolean, simulated boolean, drill boolean)
order by source, external_id
on conflict (source, external_id) do nothing
returning source, external_id, report_id;

-- name: report_revise!
-- Rows that are locked already, as they are to be. `told` false: only what is remembered of a repetition, of which nobody hears.
update reports r set title = t.title, text = t.text, class_code = t.class_code, area = t.area, cell_id = t.cell_id, lon = t.lon, lat = t.lat, datum = t.datum,
    placement = t.placement, address = t.address, observed_at = t.observed_at, ended_at = t.ended_at, ends_at = t.ends_at, said_at = t.said_at, revised_at = t.revised_at,
    confidence = t.confidence, severity = t.severity, media = t.media, extra = t.extra, person_id = t.person_id, history = t.history, simulated = t.simulated, drill = t.drill,
    processed_at = case when t.told then t.processed_at else r.processed_at end, version = r.version + t.told::int
from json_to_recordset((:rows)::json) as t (report_id bigint, told boolean, source text, external_id text, channel text, class_code text, title text, text text, area text, cell_id int, lon float8, lat float8,
    datum text, placement text, address text, observed_at timestamptz, received_at timestamptz, processed_at timestamptz, ended_at timestamptz, ends_at timestamptz,
    said_at timestamptz, revised_at timestamptz, confidence float8, severity int2, media text[], extra jsonb, person_id int, history boolean, simulated boolean, drill boolean)
where r.report_id = t.report_id;

-- name: report_persons
insert into persons (name, phone, address, created_at)
select name, phone, address, :now from unnest(:names ::text[], :phones ::text[], :addresses ::text[]) with ordinality as t (name, phone, address, place) order by place
returning person_id;

-- name: report_person_revise!
update persons set name = :name, phone = :phone, address = :address where person_id = :person_id;

-- name: report_known
-- Locked in the order of their keys: of two workers with the same tickets one waits for the other.
select r.source, r.external_id, r.report_id, r.channel, r.class_code, r.title, r.text, r.area, r.cell_id, r.lon, r.lat, r.datum, r.placement, r.address, r.observed_at,
    r.ended_at, r.ends_at, r.said_at, r.revised_at, r.by_hand, r.confidence, r.severity, r.media, r.extra, r.person_id, r.history, r.simulated, r.drill,
    case when p.person_id is not null then jsonb_build_object('name', p.name, 'phone', p.phone, 'address', p.address) end as caller
from reports r left join persons p using (person_id)
where (r.source, r.external_id) in (select unnest(:sources ::text[]), unnest(:external_ids ::text[]))
order by r.source, r.external_id for update of r;

-- name: report_ringing
-- By the alert's subject, which is indexed.
select distinct r.report_id from reports r join alerts a on a.subject = 'report:' || r.source || '/' || r.external_id and a.stage <> 'normal'
where r.report_id = any(:ids ::bigint[]);

-- name: report_log!
-- What store.change_log does for a few rows, for a batch: the shapes need not travel. A report missing in `before` is new.
insert into change_log (processed_at, area, noun, key, before, after)
select :now, v.area, 'report', v.id::text, (:before)::jsonb -> v.id::text, to_jsonb(v)
from live_reports v where v.id = any(:ids ::bigint[]) and ((:before)::jsonb -> v.id::text) is distinct from to_jsonb(v) order by v.id;

-- name: cell_places
select cell_code as name, cell_id, area, lon, lat, 'inside' as placement, false as simulated, false as drill from cells where cell_code = any(:names ::text[]);

-- name: device_places
-- Cameras also by their number of GB/T 28181; a device's own name comes first.
select device as name, area, cell_id, lon, lat, placement, simulated, drill from devices where device = any(:names ::text[])
union all
select gb_id, area, cell_id, lon, lat, placement, simulated, drill from devices where gb_id = any(:names ::text[]) and device <> all(:names ::text[]);

-- name: memory_load
-- Locked in the order of the keys given. An empty memory is a place that somebody keeps, and was never told anything.
select feed, peer, memory, case when memory <> '' then updated_at end as updated_at
from unnest(:feeds ::text[], :peers ::text[]) with ordinality as t (feed, peer, place) join wire_memory m using (feed, peer) order by place for update of m;

-- name: memory_reserve!
-- A row to lock for who has none. Two that are first at once: one waits until the other has written. Forgotten first of all when nothing is.
insert into wire_memory (feed, peer, memory, updated_at)
select feed, peer, '', '-infinity' from unnest(:feeds ::text[], :peers ::text[]) with ordinality as t (feed, peer, place) order by place
on conflict (feed, peer) do nothing;

-- name: memory_save!
insert into wire_memory (feed, peer, memory, updated_at) values (:feed, :peer, :memory, :now)
on conflict (feed, peer) do update set memory = excluded.memory, updated_at = excluded.updated_at;

-- name: memory_touch!
update wire_memory set updated_at = :now where (feed, peer) in (select unnest(:feeds ::text[]), unnest(:peers ::text[]));

-- name: memory_peek
select feed, peer, memory from wire_memory where (feed, peer) in (select unnest(:feeds ::text[]), unnest(:peers ::text[])) and memory <> '' order by feed, peer;

-- name: memory_drop!
delete from wire_memory where (feed, peer) in (select unnest(:feeds ::text[]), unnest(:peers ::text[]));

-- name: memory_forget!
-- Of the feeds named, or of all but some. A row that a batch holds is wanted, and is left.
delete from wire_memory where (feed, peer) in (
    select feed, peer from wire_memory
    where updated_at < :before and (cardinality(:feeds ::text[]) = 0 or feed = any(:feeds ::text[])) and not feed = any(:but ::text[])
    for update skip locked);
