-- The catalogue of indicators: every version of every card.

-- name: definitions_last
select distinct on (code) code, version, origin, body, at, by, why from indicator_definitions order by code, version desc;

-- name: definitions_of_file
select distinct on (code) code, body from indicator_definitions where origin = 'file' order by code, version desc;

-- name: definitions_history
select version, origin, body, at, by, why from indicator_definitions where code = :code order by version desc;

-- name: definitions_queue!
-- Two who speak of one card at once get two versions, one after the other.
select pg_advisory_xact_lock(hashtext('indicator_definitions ' || :code));

-- name: definitions_add^
insert into indicator_definitions (code, version, origin, body, at, by, account_id, why)
select :code, coalesce(max(version), 0) + 1, :origin, :body, :at, :by, :account_id, :why from indicator_definitions where code = :code
returning version;
