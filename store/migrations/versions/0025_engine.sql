-- What the engine must remember so that nothing rings for ever, and nothing ends too early.

-- The last trusted value (good or by hand): `changed_at` is since when that stands. A null between two equal values is no change.
alter table device_states add column stood double precision;
update device_states set stood = value where quality in (0, 9) and value is not null;

-- Devices whose scope became another: rules may no longer concern them. Appended by whoever moves them, taken away by the leader: nobody
-- waits for anybody. `seen_at`: when the leader looked first; a batch under way may ring by the old place, so it looks twice.
create table device_moves (
    note_id     bigint generated always as identity primary key,
    device_id   integer not null references devices on delete cascade,
    seen_at     timestamptz
);
create function note_device_move() returns trigger language plpgsql security definer set search_path = public as $$
begin
    insert into device_moves (device_id) values (new.device_id);
    return null;
end $$;
create trigger device_scope_moved after update of kind, tags, area, cell_id, domain on devices for each row
    when ((old.kind, old.tags, old.area, old.cell_id, old.domain) is distinct from (new.kind, new.tags, new.area, new.cell_id, new.domain))
    execute function note_device_move();
