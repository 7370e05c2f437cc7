-- A replay is given its dead letters, and sets them free, in pieces; those of an endpoint that was deleted go in pieces after it. As one statement
-- each held up whoever records deliveries, for 20 s with a million dead letters, and with more never came to an end.
-- Locks endpoint, dead_letter and replay for a moment, in the order of those who read endpoints. Replaces a function.

lock table eventsync.endpoint, eventsync.dead_letter, eventsync.replay in access exclusive mode;

-- marked_endpoint, marked_pos: up to here the dead letters were looked at; null when all were. freed: how many were set free by its end.
alter table eventsync.replay
  add column marked_endpoint bigint,
  add column marked_pos bigint,
  add column freed bigint not null default 0,
  add check ((marked_endpoint is null) = (marked_pos is null));
alter table eventsync.dead_letter drop constraint dead_letter_endpoint_id_fkey;

-- Makes deliveries of the next dead letters of a running replay, as many as its rate allows since the last time and as have room.
-- Answers how many, or null if there is nothing to do or another node is at it. The rest of a replay ends here too. One that is not given all
-- its dead letters yet does not begin.
create or replace function eventsync.advance_replay(p_replay text, p_max int, p_room int) returns int language plpgsql
set enable_seqscan = off set jit = off as $$
declare
  y eventsync.replay;
  allowed int := p_max;
  endpoints bigint[];
  positions bigint[];
  n int;
begin
  select * into y from eventsync.replay r where r.replay_id = p_replay and r.state = 'RUNNING' and r.marked_endpoint is null
    for update skip locked;
  if y.replay_id is null then
    return null;
  end if;
  if y.per_second > 0 then
    y.credit := least(y.credit + y.per_second * extract(epoch from clock_timestamp() - y.moved_at), greatest(1, y.per_second));
    allowed := least(p_max, floor(y.credit)::int);
  end if;
  with recursive of_replay as ( -- its endpoints, each found by one look into the index
    (select l.endpoint_id from eventsync.dead_letter l where l.replay_id = p_replay order by l.endpoint_id limit 1)
    union all
    select (select l.endpoint_id from eventsync.dead_letter l where l.replay_id = p_replay and l.endpoint_id > o.endpoint_id
      order by l.endpoint_id limit 1) from of_replay o where o.endpoint_id is not null)
  select array_agg(x.endpoint_id), array_agg(x.pos) into endpoints, positions from (
    select e.endpoint_id, oldest.pos from of_replay o
    join eventsync.endpoint_run e on e.endpoint_id = o.endpoint_id and e.state = 'ACTIVE'
    cross join lateral (
      select p_room - count(*) as room from (select from eventsync.delivery d where d.endpoint_id = o.endpoint_id limit p_room) d) waiting
    cross join lateral (
      select l.pos from eventsync.dead_letter l
      where l.replay_id = p_replay and l.endpoint_id = o.endpoint_id and not l.moved
        and (l.pos <= e.pos or l.pos = any (e.ahead)) -- after a seek back it is sent anyway, and again only then
      order by l.pos limit least(waiting.room, allowed)) oldest
    order by oldest.pos, e.endpoint_id limit allowed) x;
  n := 0;
  if endpoints is not null then
    -- The lease before all else of an endpoint, as everywhere.
    perform 1 from eventsync.lease l where l.endpoint_id = any (endpoints) order by l.endpoint_id for no key update;
    with moved as (
      update eventsync.dead_letter l set moved = true from unnest(endpoints, positions) u(e, p)
      join eventsync.endpoint_run r on r.endpoint_id = u.e and (u.p <= r.pos or u.p = any (r.ahead))
      where l.endpoint_id = u.e and l.pos = u.p and l.replay_id = p_replay and not l.moved returning l.*),
    made as (
      insert into eventsync.delivery as d (endpoint_id, pos, state, event_id, tag, key, event, attempts, number, due_at, first_at, asked, replay_id)
        select m.endpoint_id, m.pos, 'RETRYING', m.event_id, m.tag, m.key, m.event, 0, m.number, clock_timestamp(), m.first_at, true, p_replay
        from moved m
        on conflict (endpoint_id, pos) do update set replay_id = excluded.replay_id
        returning d.endpoint_id),
    asked as (
      update eventsync.lease l set asked = l.asked + 1 where l.endpoint_id in (select m.endpoint_id from made m))
    select count(*) into n from made;
  end if;
  with seen as (delete from eventsync.replay_result c where c.replay_id = p_replay returning c.delivered, c.failed)
  update eventsync.replay r set moved_at = clock_timestamp(), credit = greatest(0, y.credit - n),
      delivered = r.delivered + s.delivered, failed = r.failed + s.failed,
      updated_at = case when s.delivered + s.failed > 0 then clock_timestamp() else r.updated_at end
    from (select coalesce(sum(seen.delivered), 0) as delivered, coalesce(sum(seen.failed), 0) as failed from seen) s
    where r.replay_id = p_replay;
  if n = 0 and not exists (select 1 from eventsync.dead_letter l where l.replay_id = p_replay and not l.moved)
      and not exists (select 1 from eventsync.delivery d where d.replay_id = p_replay) then
    update eventsync.replay r set state = 'DONE', ended_at = clock_timestamp(), updated_at = clock_timestamp() where r.replay_id = p_replay;
  end if;
  return n;
end $$;
