-- A node whose last sign of life lies in the future gave it by a clock that was wrong: it counts as dead until it gives another. Without that a
-- database whose clock is set back by an hour would leave the endpoints of a node that dies to nobody for an hour. Adds a column with a
-- default and replaces functions; locks the small table eventsync.node for a moment.

alter table eventsync.node add column beat_at timestamptz not null default clock_timestamp();

-- One database has one clock, so that only its small corrections have to be allowed for.
create function eventsync.living_nodes() returns uuid[] language sql volatile as $$
  select coalesce(array_agg(n.node_id), '{}') from eventsync.node n
    where n.alive_until > clock_timestamp() and n.beat_at < clock_timestamp() + interval '2 seconds'
$$;

create or replace function eventsync.beat(p_node uuid, p_lease_millis bigint, out now_micros bigint, out nodes int, out endpoints int, out owned int)
language plpgsql as $$
declare
  t timestamptz := clock_timestamp();
begin
  insert into eventsync.node as n (node_id, beat_at, alive_until) values (p_node, t, t + p_lease_millis * interval '1 millisecond')
    on conflict (node_id) do update set beat_at = excluded.beat_at, alive_until = excluded.alive_until;
  nodes := cardinality(eventsync.living_nodes());
  select count(*) into endpoints from eventsync.endpoint_run r where r.state = 'ACTIVE';
  select count(*) into owned from eventsync.lease l where l.owner = p_node;
  now_micros := (extract(epoch from t) * 1000000)::bigint;
end $$;

create or replace function eventsync.take_leases(p_node uuid, p_max int, out endpoint_ids bigint[], out epochs bigint[]) language plpgsql set jit = off as $$
declare
  living uuid[] := eventsync.living_nodes();
begin
  with idle as (
    select l.endpoint_id from eventsync.lease l join eventsync.endpoint_run r on r.endpoint_id = l.endpoint_id
    where r.state = 'ACTIVE' and (l.owner is null or l.owner <> all (living))
    order by l.endpoint_id limit p_max for update of l skip locked),
  -- Stopped ones only for the attempts that a dead node left open.
  stopped as (
    select l.endpoint_id from eventsync.lease l join eventsync.endpoint_run r on r.endpoint_id = l.endpoint_id
    where r.state <> 'ACTIVE' and l.owner is not null and l.owner <> all (living)
    order by l.endpoint_id limit 100 for update of l skip locked),
  free as (select i.endpoint_id from idle i union all select s.endpoint_id from stopped s),
  taken as (
    update eventsync.lease l set owner = p_node, epoch = l.epoch + 1 from free f where l.endpoint_id = f.endpoint_id
    returning l.endpoint_id, l.epoch)
  select array_agg(t.endpoint_id), array_agg(t.epoch) into endpoint_ids, epochs from taken t;
  if endpoint_ids is null then
    return;
  end if;
  perform eventsync.close_open(endpoint_ids);
  -- An attempt that nobody saw the end of counts as made.
  update eventsync.delivery d set number = greatest(d.number, (o.o ->> 'number')::int), due_at = case when d.state = 'RETRYING' then least(d.due_at, clock_timestamp()) end
    from eventsync.endpoint_run r cross join lateral jsonb_array_elements(r.open) o(o) cross join lateral jsonb_array_elements_text(o.o -> 'pos') p(pos)
    where r.endpoint_id = any (endpoint_ids) and d.endpoint_id = r.endpoint_id and d.pos = p.pos::bigint;
end $$;
