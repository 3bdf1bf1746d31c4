-- name: scenes_list
select scene_id, name, address, made_by, updated_at, version from scenes where withdrawn_at is null order by name;

-- name: scenes_of
-- In the order of a playlist; what was withdrawn since is passed over.
select s.scene_id, s.name, s.address, wanted.dwell_s
from playlists p, unnest(p.scenes, p.dwell_s) with ordinality as wanted (scene_id, dwell_s, place) join scenes s on s.scene_id = wanted.scene_id
where p.playlist_id = :playlist_id and p.withdrawn_at is null and s.withdrawn_at is null order by wanted.place;

-- name: scenes_get^
select scene_id, name, address, version from scenes where scene_id = :scene_id and withdrawn_at is null for update;

-- name: scenes_beyond$
select plays_beyond(:scene_id, :playlist_id);

-- name: scenes_add^
insert into scenes (name, address, made_by, updated_at) values (:name, :address, :by, :now)
on conflict (name) where withdrawn_at is null do nothing returning scene_id;

-- name: scenes_change!
update scenes set name = :name, address = :address, made_by = :by, updated_at = :now, version = version + 1
where scene_id = :scene_id and not exists (select from scenes o where o.name = :name and o.scene_id <> :scene_id and o.withdrawn_at is null);

-- name: scenes_withdraw!
update scenes set withdrawn_at = :now, version = version + 1 where scene_id = :scene_id and withdrawn_at is null;

-- name: playlists_list
select p.playlist_id, p.name, p.made_by, p.updated_at, p.version,
       (select coalesce(jsonb_agg(jsonb_build_object('scene_id', s.scene_id, 'name', s.name, 'dwell_s', w.dwell_s) order by w.place), '[]')
        from unnest(p.scenes, p.dwell_s) with ordinality as w (scene_id, dwell_s, place) join scenes s on s.scene_id = w.scene_id
        where s.withdrawn_at is null) as scenes,
       (select count(*) from screens r join tokens t using (token_id) where r.playlist_id = p.playlist_id and t.revoked_at is null) as screens
from playlists p where p.withdrawn_at is null order by p.name;

-- name: playlists_get^
select playlist_id, name, version from playlists where playlist_id = :playlist_id and withdrawn_at is null for update;

-- name: playlists_add^
insert into playlists (name, scenes, dwell_s, made_by, updated_at) values (:name, :scenes, :dwell_s, :by, :now)
on conflict (name) where withdrawn_at is null do nothing returning playlist_id;

-- name: playlists_change!
update playlists set name = :name, scenes = :scenes, dwell_s = :dwell_s, made_by = :by, updated_at = :now, version = version + 1
where playlist_id = :playlist_id and not exists (select from playlists o where o.name = :name and o.playlist_id <> :playlist_id and o.withdrawn_at is null);

-- name: playlists_withdraw!
update playlists set withdrawn_at = :now, version = version + 1 where playlist_id = :playlist_id and withdrawn_at is null;
