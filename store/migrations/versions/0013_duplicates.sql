-- Readings that were stored before, by the hour in which they came; a device of which none came has no row.
create table device_duplicates (
    hour        timestamptz not null,
    device_id   integer not null,
    count       bigint not null,
    primary key (hour, device_id)
);
alter table device_duplicates enable row level security;
create policy device_scope on device_duplicates using (device_id in (select device_id from devices));

alter table device_quality add column duplicates integer;  -- null: of hours before they were counted
