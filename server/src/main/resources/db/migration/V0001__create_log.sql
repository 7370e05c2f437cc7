-- The log, its dictionary of tags, its indexes behind the durable mark, named consumers. Creates only; locks nothing that exists.

-- One row: what this log is and how far its parts have come.
create table eventsync.log (
  only_row boolean primary key default true check (only_row),
  log_id uuid not null default gen_random_uuid(),
  created_at timestamptz not null default now(),
  earliest bigint not null default 1 check (earliest >= 1),
  indexed bigint not null default 0 check (indexed >= 0 and indexed % 65536 = 0),
  -- The newest time in any UUIDv7 among the indexed ids: an id that is newer cannot be there.
  indexed_id_millis bigint not null default 0
);
insert into eventsync.log default values;

create table eventsync.tag (
  tag_id int generated always as identity primary key,
  tag text collate "C" not null unique check (length(tag) between 1 and 200),
  events bigint not null default 0,
  last_pos bigint not null default 0
);

-- at counts microseconds since 1970 and never decreases along the log.
-- body is the protobuf encoding of eventsync.v1.Event without id, tag, position and ingest_time: it reaches readers without being
-- decoded. The view eventsync.events shows it to people.
create table eventsync.event (
  pos bigint not null,
  at bigint not null,
  tag_id int not null,
  id text collate "C" not null,
  body bytea not null,
  primary key (pos)
) partition by range (pos);
alter table eventsync.event alter column body set storage external;

-- id -> position, for positions that are indexed. Younger ids are looked up in memory or in the tail of event.
create table eventsync.event_key (
  hash bigint not null,
  pos bigint not null,
  primary key (hash, pos)
) partition by range (pos);

-- Which positions of a block of 65,536 carry a tag: offset = (pos - 1) % 65536 - 32768. Block b holds b*65536+1 .. (b+1)*65536.
create table eventsync.tag_block (
  tag_id int not null,
  blk int not null,
  offs int2[] not null,
  primary key (tag_id, blk)
) partition by range (blk);

create table eventsync.partition (
  from_pos bigint primary key,
  to_pos bigint not null check (to_pos >= from_pos and to_pos % 65536 = 0),
  dropping boolean not null default false
);

-- Positions known to be on disk: a row here was committed synchronously after the events it covers.
create table eventsync.mark (
  pos bigint primary key,
  at timestamptz not null default clock_timestamp()
);
alter table eventsync.mark set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table eventsync.consumer (
  name text collate "C" primary key check (length(name) between 1 and 64),
  filter bytea not null,
  pos bigint not null check (pos >= 0),
  fingerprint int not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  moved_at timestamptz not null default now()
);

-- Creates the partitions that hold positions up to p_through. Attaching locks out neither readers nor appenders.
create function eventsync.ensure_partitions(p_through bigint, p_size bigint) returns int language plpgsql as $$
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
  return made;
end $$;

-- Those of these ids that the key index has. Plans are forced: one made while the index was empty would read all of it later. Without
-- JIT: before Postgres 18 a switched-off plan node looks so dear that each call would be compiled, for 50 ms.
create function eventsync.indexed_ids(p_ids text[], out ids text[], out positions bigint[])
language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  select array_agg(e.id), array_agg(e.pos) into ids, positions
    from unnest(p_ids) u(id)
    join eventsync.event_key k on k.hash = hashtextextended(u.id, 0)
    join eventsync.event e on e.pos = k.pos and e.id = u.id;
end $$;

-- Appends a batch at the next positions, or nothing if the log has one of these ids already: of p_probe in the key index, of p_tail
-- behind p_known.
--
-- p_known: the caller has every id up to this position in its memory or in the key index. Under the lock only the rows after it are
-- searched. Must run in a READ COMMITTED transaction of its own, and be followed by a mark on the same connection before anyone is told.
create function eventsync.append(p_tags int[], p_ids text[], p_bodies bytea[], p_probe text[], p_tail text[], p_known bigint,
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
  select e.pos, e.at into base, last_at from eventsync.event e where e.pos >= p_known order by e.pos desc limit 1;
  if base is null then
    select m.pos into base from eventsync.mark m order by m.pos desc limit 1;
    base := coalesce(base, 0);
  end if;

  if base > p_known and cardinality(p_tail) > 0 then
    select array_agg(e.id), array_agg(e.pos) into dup_ids, dup_positions
      from eventsync.event e
      where e.pos > p_known and e.pos <= base and e.id in (select unnest(p_tail));
    if dup_ids is not null then
      return;
    end if;
  end if;

  at := greatest((extract(epoch from clock_timestamp()) * 1000000)::bigint, last_at);
  insert into eventsync.event (pos, at, tag_id, id, body)
    select base + u.o, append.at, u.tag_id, u.id, u.body
    from unnest(p_tags, p_ids, p_bodies) with ordinality u(tag_id, id, body, o);
end $$;

-- Indexes the next whole block behind the mark. Answers the new indexed position, or null if there is none to do or another node is at it.
create function eventsync.index_block(out indexed_through bigint, out id_millis bigint) language plpgsql as $$
declare
  lo bigint;
  hi bigint;
  head bigint;
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
  insert into eventsync.tag_block (tag_id, blk, offs)
    select e.tag_id, (lo >> 16)::int, array_agg((e.pos - lo - 32769)::int2 order by e.pos)
    from eventsync.event e where e.pos > lo and e.pos <= hi group by e.tag_id;
  insert into eventsync.event_key (hash, pos)
    select hashtextextended(e.id, 0), e.pos from eventsync.event e where e.pos > lo and e.pos <= hi order by 1;
  update eventsync.tag t set events = t.events + c.n, last_pos = c.last_pos
    from (select e.tag_id, count(*) as n, max(e.pos) as last_pos
          from eventsync.event e where e.pos > lo and e.pos <= hi group by e.tag_id) c
    where t.tag_id = c.tag_id;
  update eventsync.log l set indexed = hi, indexed_id_millis = greatest(l.indexed_id_millis, (
      select coalesce(max(('x0000' || substr(e.id, 1, 8) || substr(e.id, 10, 4))::bit(64)::bigint), 0)
      from eventsync.event e
      where e.pos > lo and e.pos <= hi
        and e.id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$'))
    returning l.indexed, l.indexed_id_millis into indexed_through, id_millis;
end $$;

-- Gives up everything before the end of the oldest partition. The rows go later, when no reader can be in them.
create function eventsync.expire_partition(p_from bigint) returns bigint language plpgsql as $$
declare
  p eventsync.partition;
begin
  update eventsync.partition set dropping = true
    where from_pos = p_from and not dropping
      and to_pos <= (select indexed from eventsync.log)
      and to_pos < (select max(pos) from eventsync.mark)
      and from_pos = (select min(from_pos) from eventsync.partition where not dropping)
    returning * into p;
  if p.from_pos is null then
    return null;
  end if;
  -- In the order of index_block, which may run at the same time.
  update eventsync.tag t set events = t.events - c.n
    from (select b.tag_id, sum(cardinality(b.offs)) as n from eventsync.tag_block b
          where b.blk >= (p.from_pos - 1) >> 16 and b.blk < p.to_pos >> 16 group by b.tag_id) c
    where t.tag_id = c.tag_id;
  update eventsync.log set earliest = p.to_pos + 1;
  return p.to_pos + 1;
end $$;

-- The first position with an ingest time at or after p_at, or the one after p_head.
create function eventsync.position_at(p_at bigint, p_earliest bigint, p_head bigint) returns bigint language plpgsql stable as $$
declare
  lo bigint := p_earliest;
  hi bigint := p_head + 1;
  mid bigint;
  mid_at bigint;
begin
  while lo < hi loop
    mid := lo + (hi - lo) / 2;
    select e.at into mid_at from eventsync.event e where e.pos = mid;
    if mid_at is null or mid_at < p_at then
      lo := mid + 1;
    else
      hi := mid;
    end if;
  end loop;
  return lo;
end $$;

-- Reads one protobuf varint at p_at (0-based); answers its value and where the next byte is.
create function eventsync.read_varint(p_bytes bytea, p_at int, out value bigint, out next_at int) language plpgsql immutable as $$
declare
  b int;
  shift int := 0;
begin
  value := 0;
  next_at := p_at;
  loop
    b := get_byte(p_bytes, next_at);
    next_at := next_at + 1;
    value := value | ((b & 127)::bigint << shift);
    exit when b < 128 or shift >= 63;
    shift := shift + 7;
  end loop;
end $$;

-- Takes a stored body apart (eventsync.v1.Event on the wire), for people with psql.
create function eventsync.decode_body(p_body bytea, out key text, out message text, out "json" text, out data bytea, out content_type text,
    out attributes jsonb, out event_time timestamptz, out traceparent text, out producer text)
language plpgsql immutable as $$
declare
  at int := 0;
  field int;
  wire int;
  v record;
  part bytea;
  inner_at int;
  k text;
  val text;
  secs bigint;
  nanos bigint;
begin
  attributes := '{}';
  while at < length(p_body) loop
    v := eventsync.read_varint(p_body, at);
    at := v.next_at;
    field := (v.value >> 3)::int;
    wire := (v.value & 7)::int;
    if wire = 0 then
      v := eventsync.read_varint(p_body, at);
      at := v.next_at;
      continue;
    elsif wire = 1 then
      at := at + 8;
      continue;
    elsif wire = 5 then
      at := at + 4;
      continue;
    end if;
    v := eventsync.read_varint(p_body, at);
    part := substring(p_body from v.next_at + 1 for v.value::int);
    at := v.next_at + v.value::int;
    case field
      when 3 then key := convert_from(part, 'UTF8');
      when 4 then message := convert_from(part, 'UTF8');
      when 5 then "json" := convert_from(part, 'UTF8');
      when 6 then data := part;
      when 7 then content_type := convert_from(part, 'UTF8');
      when 10 then traceparent := convert_from(part, 'UTF8');
      when 13 then producer := convert_from(part, 'UTF8');
      when 8 then
        inner_at := 0;
        k := '';
        val := '';
        while inner_at < length(part) loop
          field := get_byte(part, inner_at) >> 3;
          v := eventsync.read_varint(part, inner_at + 1);
          if field = 1 then
            k := convert_from(substring(part from v.next_at + 1 for v.value::int), 'UTF8');
          else
            val := convert_from(substring(part from v.next_at + 1 for v.value::int), 'UTF8');
          end if;
          inner_at := v.next_at + v.value::int;
        end loop;
        attributes := attributes || jsonb_build_object(k, val);
      when 9 then
        inner_at := 0;
        secs := 0;
        nanos := 0;
        while inner_at < length(part) loop
          field := get_byte(part, inner_at) >> 3;
          v := eventsync.read_varint(part, inner_at + 1);
          if field = 1 then
            secs := v.value;
          else
            nanos := v.value;
          end if;
          inner_at := v.next_at;
        end loop;
        event_time := to_timestamp(secs) + (nanos / 1000) * interval '1 microsecond';
      else
        null;
    end case;
  end loop;
end $$;

-- The log for people: select * from eventsync.events where tag like 'DATABASE.%' order by position desc limit 20;
create view eventsync.events as
  select e.pos as position, t.tag, e.id, timestamptz 'epoch' + e.at * interval '1 microsecond' as ingest_time, d.key, d.message, d."json", d.data, d.content_type, d.attributes,
    d.event_time, d.traceparent, d.producer
  from eventsync.event e
  join eventsync.tag t on t.tag_id = e.tag_id
  cross join lateral eventsync.decode_body(e.body) d
  where e.pos <= (select max(m.pos) from eventsync.mark m)
    and e.pos >= (select l.earliest from eventsync.log l);
