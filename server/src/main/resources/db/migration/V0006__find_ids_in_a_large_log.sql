-- The look-up of ids in a log larger than memory. Nobody analyzes a partitioned table, only its partitions, so the planner takes every hash for
-- a two-hundredth of all ids and would rather read the whole log. Replaces a function; locks nothing.

-- Those of these ids that the key index has. One look-up after the other, whatever the planner believes: a subquery with an offset is planned by
-- itself. Without JIT: before Postgres 18 a switched-off plan node looks so dear that each call would be compiled, for 50 ms.
create or replace function eventsync.indexed_ids(p_ids text[], out ids text[], out positions bigint[])
language plpgsql stable
set enable_seqscan = off set max_parallel_workers_per_gather = 0 set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  select array_agg(e.id), array_agg(e.pos) into ids, positions
    from unnest(p_ids) u(id)
    cross join lateral (select k.pos from eventsync.event_key k where k.hash = hashtextextended(u.id, 0) offset 0) k
    cross join lateral (select e.id, e.pos from eventsync.event e where e.pos = k.pos and e.id = u.id offset 0) e;
end $$;
