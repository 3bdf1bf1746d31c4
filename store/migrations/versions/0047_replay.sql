-- Key frames of the live picture, so that any moment can be shown again.
-- A frame is the whole picture at a number; a take is everything told in a minute or so. Both are packed by who writes them
-- (`api.recording`): the database keeps bytes. Takes that follow each other (since = until, first = last + 1) are one recording.
create table replay_frames (
    sequence    bigint not null,
    at          timestamptz primary key,
    opens       boolean not null,                    -- a recording begins here: what was told before is not known
    body        bytea not null
);
create table replay_takes (
    since       timestamptz primary key,
    until       timestamptz not null,
    first       bigint not null,                     -- of the deltas in it; first = last + 1: nothing was told
    last        bigint not null,
    told_at     timestamptz,                         -- the projector's last sign of life when the take was made
    body        bytea not null
);
create index on replay_takes (until);
create index on replay_takes (last);
-- What became confidential while it was recorded.
create index reports_confidential on reports (processed_at) where extra ->> 'confidential' = 'true';
create index audit_veils on audit (at) where act = 'veil';
alter table replay_frames alter column body set storage external;  -- packed already
alter table replay_takes alter column body set storage external;
