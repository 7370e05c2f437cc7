-- One row for each append against one row for each event, inside one backend: run by segments.py on an empty database.
create schema eventsync;
\i ../../server/src/main/resources/db/migration/V0001__create_log.sql
select eventsync.ensure_partitions(4000000, 1048576);

create table segment (
  pos bigint primary key,
  n int not null,
  at bigint not null,
  tags int[] not null,
  ids text[] not null,
  lengths int[] not null,
  bodies bytea not null
);
alter table segment
  alter column tags set storage external, alter column ids set storage external,
  alter column lengths set storage external, alter column bodies set storage external;

-- What eventsync.append does, without its search for known ids: that would cost segments more, not less.
create function append_segment(p_tags int[], p_ids text[], p_lengths int[], p_bodies bytea, p_known bigint, out base bigint)
language plpgsql as $$
declare
  last_at bigint;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(7205758210221000);
  select s.pos + s.n - 1, s.at into base, last_at from segment s where s.pos >= p_known order by s.pos desc limit 1;
  base := coalesce(base, 0);
  insert into segment values (base + 1, cardinality(p_tags),
    greatest((extract(epoch from clock_timestamp()) * 1000000)::bigint, last_at), p_tags, p_ids, p_lengths, p_bodies);
end $$;

-- p_kind: rows, segments, or neither to see what making the events costs.
create procedure append_many(p_kind text, p_rounds int, p_events int, p_bytes int) language plpgsql as $$
declare
  tags int[] := array_fill(1, array[p_events]);
  lengths int[] := array_fill(p_bytes, array[p_events]);
  bodies bytea[] := (select array_agg(decode(repeat(md5(random()::text), p_bytes / 16), 'hex')) from generate_series(1, p_events));
  body bytea := (select string_agg(b, '') from unnest(bodies) b);
  ids text[];
  known bigint := 0;
begin
  for i in 1..p_rounds loop
    ids := (select array_agg('0190' || md5(i::text || g::text)) from generate_series(1, p_events) g);
    if p_kind = 'rows' then
      known := (select a.base from eventsync.append(tags, ids, bodies, '{}', '{}', known) a);
    elsif p_kind = 'segments' then
      known := (select a.base from append_segment(tags, ids, lengths, body, known) a);
    end if;
    commit;
  end loop;
end $$;
