-- Times in which more arrived than the desk could take, each with its report.
create table storms (
    storm_id    integer generated always as identity primary key,
    area        text not null,
    began_at    timestamptz not null,
    ended_at    timestamptz,
    calm_since  timestamptz,                         -- since when too little arrives for it
    arrivals    integer not null,                    -- the most within the span
    capacity    integer not null,
    report      jsonb                                -- ISA-18.2 figures of the whole storm; null: it goes on
);
create unique index on storms ((true)) where ended_at is null;
create index on storms (began_at);

-- Groups of an area and class whose number passed a step, told once a storm and step.
create table storm_steps (
    storm_id    integer not null references storms,
    street      text not null,
    class_code  text not null,
    step        smallint not null,
    at          timestamptz not null,
    primary key (storm_id, street, class_code, step)
);
