-- Finding what is already known by words of an address, and the dispatch desk's queue of very many open cases.

-- An address contains another, or lies in it, only if it shares a piece of four letters: none shorter is looked for. Pieces are of letters as they
-- stand: no dictionary, no locale, so that Chinese is cut like anything else.
create function address_pieces(address text) returns text[] language sql immutable strict parallel safe as $$
    select array(select distinct substr(address, n, 4) from generate_series(1, length(address) - 3) n)
$$;

-- Under the address that is said: those in whose address it stands by the pieces, those whose address stands in it by how that one ends.
create index cases_address_pieces on cases using gin (address_pieces(address)) with (fastupdate = off) where closed_at is null;
create index cases_address_end on cases (right(address, 8)) where closed_at is null;

-- Asked outside row security, because that lets no index be walked by what is no plain comparison; tells numbers only, and whoever asks reads
-- those cases himself, behind row security. Areas (patterns), drills and ended stages are left out before the newest are taken: else others' cases
-- would push out one's own.
create function cases_under(said text, mine text[], ended text[], most integer) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    with holds as materialized (
        select case_number, opened_at from cases where closed_at is null and address_pieces(address) @> address_pieces(said) and strpos(address, said) > 0
          and not drill and stage <> all(ended) and area like any(mine)),
    lies as materialized (
        select case_number, opened_at from cases
        where closed_at is null and right(address, 8) = any(array(
            select substr(said, n, span) from generate_series(4, 8) span, generate_series(1, length(said) - span + 1) n))
          and strpos(said, address) > 0 and not drill and stage <> all(ended) and area like any(mine))
    select case_number from (select * from holds union select * from lies) found order by opened_at desc, case_number limit most
$$;

-- The queue by deadline; what its tabs, lights and filters ask for stands in the index.
create index cases_by_deadline on cases (due_at, case_number)
    include (area, stage, overdue_at, paused_at, yellow_at, opened_at, severity, send_backs, class_code, source, lead_unit) where closed_at is null;
create index cases_in_hand on cases (handler_id) include (stage, overdue_at) where closed_at is null and handler_id is not null;  -- a person's load

-- How the clock of the whole stands (stable, as the arithmetic of days in it is: else it could not be put in line): 0 red, 1 yellow, 2 green, 3 stands still, 4 none. What screens make of a live row (assets/dispatch-tabs.js).
create function light_of(due timestamptz, yellow timestamptz, overdue timestamptz, paused timestamptz, opened timestamptz, at timestamptz)
returns integer language sql stable parallel safe as $$
    select case when overdue is null and paused is not null then 3
                when due is null then 4
                when overdue is not null or due <= at then 0
                when coalesce(yellow, due - (due - opened) / 5) <= at then 1
                else 2 end
$$;
