-- The web's login reads and acts, under row security; it never owns a table. Where no such role exists, nothing to do.
do $$
begin
    if exists (select from pg_roles where rolname = 'yiping_web') then
        grant usage on schema public to yiping_web;
        grant select, insert, update on all tables in schema public to yiping_web;
        grant delete on sessions, idempotency, desk_views, work_days to yiping_web;
        grant usage on all sequences in schema public to yiping_web;
        revoke update on audit, change_log, rule_revisions, escalation_steps, handovers, field_positions from yiping_web;
        grant update (outcome, decided_at, why) on handovers to yiping_web;    -- its answer; what was signed stays
        revoke insert, update on inhibitions, escalation_terms, escalation_steps, probes, storms, storm_steps from yiping_web;
        revoke all on replay_frames, replay_takes from yiping_web;               -- they hold all streets
        revoke all on push_keys from yiping_web;
        grant select (public_key) on push_keys to yiping_web;                  -- never the half that signs
    end if;
end $$;
