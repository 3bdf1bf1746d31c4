-- name: screens_list
-- `shows` is what it told last; `cast` what stands on it now.
select s.screen_id, s.name, s.areas, s.view, s.home, s.playlist_id, p.name as playlist, s.taken, s.width, s.height, s.created_at, s.created_by, s.reload_at,
       s.seen_at, s.shown, s.version, (s.seen_at is not null and s.seen_at >= :away) as present,
       (select to_jsonb(c) - 'account_id' from casts c where c.screen_id = s.screen_id and c.ended_at is null and coalesce(c.until, 'infinity') > :now
        order by c.cast_at desc, c.cast_id desc limit 1) as "cast"
from screens s join tokens t using (token_id) left join playlists p on p.playlist_id = s.playlist_id and p.withdrawn_at is null
where t.revoked_at is null and (cast(:screen_id as integer) is null or s.screen_id = :screen_id)
order by s.name, s.screen_id;

-- name: screens_add^
insert into screens (token_id, name, areas, view, home, playlist_id, taken, width, height, created_at, created_by)
select token_id, :name, areas, view, :home, :playlist_id, :taken, :width, :height, :now, :by from tokens where token_id = :token_id
on conflict (token_id) do nothing
returning screen_id;

-- name: screens_lock^
select s.screen_id, s.token_id, s.name, s.areas, s.view, s.home, s.version from screens s join tokens t using (token_id)
where s.screen_id = :screen_id and t.revoked_at is null for update of s;

-- name: screens_named$
select count(*) from screens s join tokens t using (token_id) where t.revoked_at is null and s.name = :name and s.screen_id <> :screen_id;

-- name: screens_change!
update screens set name = :name, home = :home, playlist_id = :playlist_id, taken = :taken, width = :width, height = :height, version = version + 1
where screen_id = :screen_id;

-- name: screens_renew!
update screens set token_id = :token_id, version = version + 1 where screen_id = :screen_id;

-- name: screens_reload!
update screens set reload_at = :now, version = version + 1 where screen_id = :screen_id;

-- name: screens_beat^
update screens set seen_at = :now, shown = :shown where token_id = :token_id
returning screen_id, name, areas, view, home, playlist_id, taken, reload_at;

-- name: casts_of
-- Of one screen, what has not ended.
select cast_id, kind, address, title, cast_by, cast_at, until, severity, incident_id, drill from casts
where screen_id = :screen_id and ended_at is null and coalesce(until, 'infinity') > :now;

-- name: casts_list
select cast_id, screen_id, s.name as screen, kind, address, title, scene_id, incident_id, severity, drill, cast_by, cast_at, until,
       coalesce(ended_at, case when until <= :now then until end) as ended_at, ended_by
from casts c join screens s using (screen_id)
where c.cast_id < :after and (cast(:screen_id as integer) is null or c.screen_id = :screen_id)
  and (not :open or (c.ended_at is null and coalesce(c.until, 'infinity') > :now))
  and (cast(:ids as bigint[]) is null or c.cast_id = any(cast(:ids as bigint[])))
order by c.cast_id desc limit :limit;

-- name: casts_add^
insert into casts (screen_id, kind, address, title, scene_id, incident_id, severity, drill, cast_by, account_id, cast_at, until)
values (:screen_id, :kind, :address, :title, :scene_id, :incident_id, :severity, :drill, :by, :account_id, :now, :until)
on conflict (screen_id, incident_id) where kind = 'takeover' do nothing
returning cast_id;

-- name: casts_end^
update casts c set ended_at = :now, ended_by = :by from screens s
where c.cast_id = :cast_id and s.screen_id = c.screen_id and c.ended_at is null and coalesce(c.until, 'infinity') > :now
returning c.screen_id, c.title, s.areas[1] as area;

-- name: casts_end_over!
-- What showed an incident that is over gives the screen back.
update casts c set ended_at = :now, ended_by = 'over' from incidents i
where c.screen_id = :screen_id and c.ended_at is null and i.incident_id = c.incident_id and i.stage in ('closed', 'dismissed');

-- name: casts_graves
-- Open incidents that may take a screen and have not yet.
select i.incident_id, i.title, i.severity, i.opened_at, i.drill from incidents i
where i.stage in ('open', 'confirmed', 'handling') and i.severity = any(cast(:severities as integer[])) and i.updated_at >= :since
  and i.area like any(cast(:areas as text[])) and (cast(:domain as text) is null or i.domain = :domain)
  and not exists (select from casts c where c.screen_id = :screen_id and c.incident_id = i.incident_id and c.kind = 'takeover')
order by i.drill, i.severity, i.opened_at limit 20;

-- name: casts_incident^
select incident_id, title, severity, drill, area, stage from incidents where incident_id = :incident_id and area like any(cast(:areas as text[]));

-- name: screens_revoke!
update tokens set revoked_at = :now where token_id = :token_id and revoked_at is null;
