-- What phones send besides acts: where they were, and what is doubted of it. Kept, whatever the doubt.
create table field_positions (
    position_id bigint generated always as identity primary key,
    account_id  integer not null references accounts,
    area        text not null,                       -- of what it was done to
    act         text not null,                       -- arrive, photo, …
    case_number text references cases,
    media_id    text references media,
    done_at     timestamptz not null,                -- by our clock: how long before sending, as the phone's own tells
    received_at timestamptz not null,
    clock_off_s double precision,                    -- how far the phone's clock is ahead of ours; null: it did not say
    lon         double precision,
    lat         double precision,
    accuracy_m  double precision,
    distance_m  double precision,                    -- from the place of the case; null: one of the two is unknown
    doubts      text[] not null default '{}'
);
create index on field_positions (case_number) where case_number is not null;
create index on field_positions (account_id, done_at) where lon is not null;
alter table field_positions enable row level security;
create policy area_scope on field_positions using (area like any (string_to_array(current_setting('yiping.areas', true), ',')));

-- How long a voice note lasts, as the phone that recorded it says.
alter table media add column seconds double precision;
