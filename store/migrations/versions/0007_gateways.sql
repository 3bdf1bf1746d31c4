-- True while a device's silence is laid to its gateway: no alert of its own is raised, and it is looked at again.
alter table device_watch add column inhibited boolean not null default false;
