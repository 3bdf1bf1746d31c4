-- Resources change only from the version that was read.

alter table resources add column version integer not null default 1;
