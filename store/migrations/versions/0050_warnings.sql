-- The weather's warnings that were in force over somebody's areas (patterns): those within them, and those for what they lie in. Row security leaves
-- out the latter, for it knows an area and what is below; a warning for the district is one for each of its streets. Outside row security only
-- this is read: a warning tells of nobody.
create function warnings_for(mine text[], since timestamptz, upto timestamptz) returns setof reports language sql stable security definer set search_path = public, pg_temp as $$
    select * from reports
    where channel = 'weather' and not history and observed_at > since and observed_at <= upto
      and (area like any(mine) or area <> '' and exists (select from unnest(mine) pattern where starts_with(rtrim(pattern, '%'), area)))
$$;
