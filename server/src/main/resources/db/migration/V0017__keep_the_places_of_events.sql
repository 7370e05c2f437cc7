-- Rare events were looked up by position: for each one three pages of the primary key and one of the table. Their blocks keep the places
-- of the rows too, which is a page each. Older blocks do without.
-- Locks tag_block for a moment. Creates and replaces functions.

-- places: where the rows stand in the block's partition of event, one for each of offs. Null for tags that many of the block's events have,
-- whose readers go through all of them. A hint, since they are others once a partition is written anew (restored, VACUUM FULL): who fetches
-- a row by its place has to look at its position.
alter table eventsync.tag_block add column places tid[];

-- Indexes the next block of 65,536 positions, if it is full and nobody else is at it: the tags' postings with their places, the key index,
-- the hashes. Answers where the index ends now, and the newest time in any UUIDv7 of its ids. Rests 49 times for p_pause_millis.
create or replace function eventsync.index_block(p_pause_millis double precision, out indexed_through bigint, out id_millis bigint)
language plpgsql set plan_cache_mode = force_custom_plan as $$
declare
  uuid_v7 constant text := '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$';
  pause constant double precision := p_pause_millis / 1000;
  lo bigint;
  hi bigint;
  head bigint;
  piece record;
  newest text;
  tags int[] := '{}';
  offs int2[] := '{}';
  places tid[] := '{}';
  hashes bigint[] := '{}';
  sorted record;
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

  for i in 0..15 loop
    select array_agg(e.tag_id) as tags, array_agg((e.pos - lo - 32769)::int2) as offs, array_agg(e.place) as places, array_agg(hashtextextended(e.id, 0)) as hashes,
        max(e.id) filter (where e.id like '________-____-7___-____-____________') as newest
      into piece
      from (select ctid as place, pos, tag_id, id from eventsync.event where pos > lo + i * 4096 and pos <= lo + (i + 1) * 4096 order by pos) e;
    if piece.newest !~ uuid_v7 then
      select max(e.id) into piece.newest from eventsync.event e
        where e.pos > lo + i * 4096 and e.pos <= lo + (i + 1) * 4096 and e.id ~ uuid_v7;
    end if;
    newest := greatest(newest, piece.newest); -- as text they sort by their time
    tags := tags || piece.tags;
    offs := offs || piece.offs;
    places := places || piece.places;
    hashes := hashes || piece.hashes;
    perform pg_sleep(pause);
  end loop;

  select array_agg(s.hash) as hashes, array_agg(s.off) as offs, string_agg(int8send(s.hash), '') as bytes into sorted
    from (select u.hash, u.off from unnest(hashes, offs) u(hash, off) order by u.hash) s;
  perform pg_sleep(pause);
  insert into eventsync.id_block (blk, hashes) values ((lo >> 16)::int, sorted.bytes);
  hashes := sorted.hashes;
  for i in 0..31 loop
    insert into eventsync.event_key (hash, pos)
      select u.hash, lo + 32769 + u.off from unnest(hashes[i * 2048 + 1 : (i + 1) * 2048], sorted.offs[i * 2048 + 1 : (i + 1) * 2048]) u(hash, off);
    perform pg_sleep(pause);
  end loop;

  -- Last, because it locks the tags.
  with of_tag as (
    select u.tag_id, array_agg(u.off order by u.off) as offs,
        case when count(*) <= 4096 then array_agg(u.place order by u.off) end as places
      from unnest(tags, offs, places) u(tag_id, off, place) group by u.tag_id),
  posted as (
    insert into eventsync.tag_block (tag_id, blk, offs, places) select o.tag_id, (lo >> 16)::int, o.offs, o.places from of_tag o)
  update eventsync.tag t set events = t.events + cardinality(o.offs), last_pos = lo + 32769 + o.offs[cardinality(o.offs)]
    from of_tag o where t.tag_id = o.tag_id;
  update eventsync.log l set indexed = hi, indexed_id_millis = greatest(l.indexed_id_millis,
      ('x0000' || substr(newest, 1, 8) || substr(newest, 10, 4))::bit(64)::bigint)
    returning l.indexed, l.indexed_id_millis into indexed_through, id_millis;
end $$;

-- The events at places of one partition, which need not be what was meant, up to about so many bytes. The planner would take a range of the
-- primary key for less work whenever it thinks it short, and compare each of its rows with all places.
create function eventsync.events_at(p_places text, p_first bigint, p_last bigint, p_bytes bigint)
returns table (pos bigint, at bigint, tag_id int, id text, body bytea) language plpgsql stable
set enable_seqscan = off set enable_indexscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  places constant tid[] := p_places;
begin
  return query
    select e.pos, e.at, e.tag_id, e.id, e.body from (
      select x.*, sum(octet_length(x.body) + 100) over (order by x.pos) - octet_length(x.body) as before
      from eventsync.event x where x.ctid = any (places) and x.pos >= p_first and x.pos <= p_last
    ) e where e.before <= p_bytes order by e.pos;
end $$;
