-- The end of the log is looked for in its last partitions only. A plan that is made once looks into all that there are, and locks them, for each
-- append: of 1,200 partitions that took four times as long as the append itself, and of some more all the locks that Postgres has room for.
-- Creates and replaces functions; locks nothing.

-- Makes newest anew, for the partition of the head and those after it. Its text names them, as no plan could.
create function eventsync.follow_newest() returns void language plpgsql as $$
declare
  first bigint;
  last bigint;
  leaves text;
begin
  select max(p.from_pos) into first from eventsync.partition p
    where p.from_pos <= greatest(1, (select m.pos from eventsync.mark m order by m.pos desc limit 1));
  select max(p.to_pos), string_agg(format('select e.pos, e.at, e.id from eventsync.event_%s e', p.from_pos), ' union all ' order by p.from_pos)
    into last, leaves from eventsync.partition p where p.from_pos >= first;
  execute format($f$
-- The last event, if there is one at p_known or after it, and those of p_ids that come after p_known. Made by follow_newest. There may be
-- partitions by now that it does not name, but nothing is in them unless those it names are full.
create or replace function eventsync.newest(p_known bigint, p_ids text[],
    out head bigint, out head_at bigint, out ids text[], out positions bigint[])
language plpgsql
set enable_seqscan = off set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan as $b$
begin
  if p_known between %1$s and %2$s then
    select n.pos, n.at into head, head_at from (%3$s) n where n.pos >= p_known order by n.pos desc limit 1;
    if head is null or head < %2$s then
      if head > p_known and cardinality(p_ids) > 0 then
        select array_agg(n.id), array_agg(n.pos) into ids, positions from (%3$s) n
          where n.pos > p_known and n.pos <= head and n.id in (select unnest(p_ids));
      end if;
      return;
    end if;
  end if;
  select e.pos, e.at into head, head_at from eventsync.event e where e.pos >= p_known order by e.pos desc limit 1;
  if head > p_known and cardinality(p_ids) > 0 then
    select array_agg(e.id), array_agg(e.pos) into ids, positions from eventsync.event e
      where e.pos > p_known and e.pos <= head and e.id in (select unnest(p_ids));
  end if;
end $b$
$f$, coalesce(first, 1), coalesce(last, 0), coalesce(leaves, 'select e.pos, e.at, e.id from eventsync.event e'));
end $$;
select eventsync.follow_newest();

-- Appends a batch at the next positions, or nothing if the log has one of these ids already: of p_probe in the key index, of p_tail
-- behind p_known.
--
-- p_known: the caller has every id up to this position in its memory or in the key index. Under the lock only the rows after it are
-- searched. Must run in a READ COMMITTED transaction of its own, and be followed by a mark on the same connection before anyone is told.
create or replace function eventsync.append(p_tags int[], p_ids text[], p_bodies bytea[], p_probe text[], p_tail text[], p_known bigint,
    out base bigint, out at bigint, out dup_ids text[], out dup_positions bigint[])
language plpgsql set enable_seqscan = off set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  last_at bigint;
begin
  if cardinality(p_probe) > 0 then
    select i.ids, i.positions into dup_ids, dup_positions from eventsync.indexed_ids(p_probe) i;
    if dup_ids is not null then
      return;
    end if;
  end if;

  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(7205758210221000);
  select n.head, n.head_at, n.ids, n.positions into base, last_at, dup_ids, dup_positions from eventsync.newest(p_known, p_tail) n;
  if dup_ids is not null then
    return;
  end if;
  if base is null then
    select m.pos into base from eventsync.mark m order by m.pos desc limit 1;
    base := coalesce(base, 0);
  end if;

  at := greatest((extract(epoch from clock_timestamp()) * 1000000)::bigint, last_at);
  insert into eventsync.event (pos, at, tag_id, id, body)
    select base + u.o, append.at, u.tag_id, u.id, u.body
    from unnest(p_tags, p_ids, p_bodies) with ordinality u(tag_id, id, body, o);
end $$;

-- Creates the partitions that hold positions up to p_through. Attaching locks out neither readers nor appenders.
create or replace function eventsync.ensure_partitions(p_through bigint, p_size bigint) returns int language plpgsql as $$
declare
  lo bigint;
  hi bigint;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7205758210221001);
  loop
    select coalesce(max(to_pos), 0) into lo from eventsync.partition;
    exit when lo >= p_through;
    hi := lo + p_size;
    execute format('create table eventsync.event_%s (like eventsync.event including all)', lo + 1);
    execute format('create table eventsync.event_key_%s (like eventsync.event_key including all)', lo + 1);
    execute format('create table eventsync.tag_block_%s (like eventsync.tag_block including all)', lo + 1);
    execute format('alter table eventsync.event attach partition eventsync.event_%s for values from (%s) to (%s)', lo + 1, lo + 1, hi + 1);
    execute format('alter table eventsync.event_key attach partition eventsync.event_key_%s for values from (%s) to (%s)', lo + 1, lo + 1, hi + 1);
    execute format('alter table eventsync.tag_block attach partition eventsync.tag_block_%s for values from (%s) to (%s)', lo + 1, lo >> 16, hi >> 16);
    insert into eventsync.partition (from_pos, to_pos) values (lo + 1, hi);
    made := made + 1;
  end loop;
  for lo, hi in
    select p.from_pos - 1, p.to_pos from eventsync.partition p
    where not p.dropping and to_regclass(format('eventsync.id_block_%s', p.from_pos)) is null
  loop
    execute format('create table eventsync.id_block_%s (like eventsync.id_block including all)', lo + 1);
    execute format('alter table eventsync.id_block attach partition eventsync.id_block_%s for values from (%s) to (%s)', lo + 1, lo >> 16, hi >> 16);
  end loop;
  if made > 0 then
    perform eventsync.follow_newest();
  end if;
  return made;
end $$;

-- Gives up everything before the end of the oldest partition. The rows go later, when no reader can be in them.
create or replace function eventsync.expire_partition(p_from bigint) returns bigint language plpgsql as $$
declare
  p eventsync.partition;
begin
  -- In turn with ensure_partitions, and with index_block, which changes the same tags.
  perform pg_advisory_xact_lock(7205758210221001);
  perform pg_advisory_xact_lock(7205758210221002);
  update eventsync.partition set dropping = true
    where from_pos = p_from and not dropping
      and to_pos <= (select indexed from eventsync.log)
      and to_pos < (select max(pos) from eventsync.mark)
      and from_pos = (select min(from_pos) from eventsync.partition where not dropping)
    returning * into p;
  if p.from_pos is null then
    return null;
  end if;
  update eventsync.tag t set events = t.events - c.n
    from (select b.tag_id, sum(cardinality(b.offs)) as n from eventsync.tag_block b
          where b.blk >= (p.from_pos - 1) >> 16 and b.blk < p.to_pos >> 16 group by b.tag_id) c
    where t.tag_id = c.tag_id;
  update eventsync.log set earliest = p.to_pos + 1;
  perform eventsync.follow_newest();
  return p.to_pos + 1;
end $$;
