-- The feed a silent device was heard on, taken over from its watch, which ends with its silence; null: nobody knows.
alter table devices add column feed text;

-- Absences of devices that lasted too long, each with its case.
create table maintenance (
    device_id   integer not null references devices on delete cascade,
    case_number text not null references cases,
    silent_at   timestamptz not null,                -- when it last spoke
    opened_at   timestamptz not null,
    back_at     timestamptz,                         -- seen to speak again; null: it is silent
    primary key (device_id, opened_at)
);
create unique index on maintenance (device_id) where back_at is null;
create index on maintenance (case_number);

alter table maintenance enable row level security;
create policy device_scope on maintenance using (device_id in (select device_id from devices));
