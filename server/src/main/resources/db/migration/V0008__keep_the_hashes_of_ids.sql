-- The hashes of the ids of each indexed block in one row, so that a node that starts reads them soon: by them it tells new ids from known ones in
-- memory. And the index of a block for half the CPU: its events are gathered by tag once, and only the last of its ids by order is held
-- against the pattern of a UUIDv7, not each. Creates a table and replaces functions; locks nothing that others use. Blocks that are
-- indexed already have no such row; their hashes are read from event_key.

-- hashes: of the ids at the positions of block blk (as in tag_block), ascending, eight bytes each, most significant first.
create table eventsync.id_block (
  blk int not null,
  hashes bytea not null,
  primary key (blk)
) partition by range (blk);
alter table eventsync.id_block alter column hashes set storage external;

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
  return made;
end $$;

-- For the partitions that are there.
select eventsync.ensure_partitions(0, 65536);

-- Indexes the next whole block behind the mark. Answers the new indexed position, or null if there is none to do or another node is at it.
create or replace function eventsync.index_block(out indexed_through bigint, out id_millis bigint) language plpgsql as $$
declare
  uuid_v7 constant text := '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$';
  lo bigint;
  hi bigint;
  head bigint;
  newest text;
begin
  if not pg_try_advisory_xact_lock(7205758210221002) then
    return;
  end if;
  select indexed into lo from eventsync.log;
  select m.pos into head from eventsync.mark m order by m.pos desc limit 1;
  hi := lo + 65536;
  if head is null or head < hi then
    return;
  end if;

  with of_tag as (
    select e.tag_id, array_agg((e.pos - lo - 32769)::int2 order by e.pos) as offs
    from eventsync.event e where e.pos > lo and e.pos <= hi group by e.tag_id),
  posted as (
    insert into eventsync.tag_block (tag_id, blk, offs) select o.tag_id, (lo >> 16)::int, o.offs from of_tag o)
  update eventsync.tag t set events = t.events + cardinality(o.offs), last_pos = lo + 32769 + o.offs[cardinality(o.offs)]
    from of_tag o where t.tag_id = o.tag_id;

  with hashed as materialized (
    select hashtextextended(e.id, 0) as hash, e.pos from eventsync.event e where e.pos > lo and e.pos <= hi order by 1),
  keyed as (
    insert into eventsync.event_key (hash, pos) select h.hash, h.pos from hashed h)
  insert into eventsync.id_block (blk, hashes) select (lo >> 16)::int, string_agg(int8send(h.hash), '') from hashed h;

  -- As text they sort by their time.
  select max(e.id) into newest from eventsync.event e
    where e.pos > lo and e.pos <= hi and e.id like '________-____-7___-____-____________';
  if newest !~ uuid_v7 then
    select max(e.id) into newest from eventsync.event e where e.pos > lo and e.pos <= hi and e.id ~ uuid_v7;
  end if;
  update eventsync.log l set indexed = hi, indexed_id_millis = greatest(l.indexed_id_millis,
      ('x0000' || substr(newest, 1, 8) || substr(newest, 10, 4))::bit(64)::bigint)
    returning l.indexed, l.indexed_id_millis into indexed_through, id_millis;
end $$;
