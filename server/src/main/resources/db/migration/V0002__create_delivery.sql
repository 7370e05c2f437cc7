-- Endpoints, the nodes that work them, attempts, deliveries set aside, dead letters, replays. Creates only; locks nothing that exists.

-- A server process, as far as deliveries go. It says every few seconds that it is alive; one that does not is dead to the others.
create table eventsync.node (
  node_id uuid primary key,
  started_at timestamptz not null default clock_timestamp(),
  alive_until timestamptz not null
);

create table eventsync.endpoint (
  endpoint_id bigint generated always as identity primary key,
  name text collate "C" not null unique check (length(name) between 1 and 64),
  settings jsonb not null,
  secrets bytea,
  version bigint not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);

-- Outlives its endpoint, as its attempts do.
create table eventsync.endpoint_name (
  endpoint_id bigint primary key,
  name text collate "C" not null
);

create table eventsync.signing_key (
  key_id text collate "C" primary key,
  endpoint_id bigint not null references eventsync.endpoint on delete cascade,
  scheme text not null check (scheme in ('HMAC_SHA256', 'ED25519')),
  public_key text not null,
  secret bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz
);
create index on eventsync.signing_key (endpoint_id);

-- Who works an endpoint. Whoever takes it over raises the epoch, and what the one before wants to record is refused.
-- revision: the owner has to read the endpoint anew; asked: it has to look for deliveries that were asked for.
create table eventsync.lease (
  endpoint_id bigint primary key references eventsync.endpoint on delete cascade,
  owner uuid,
  epoch bigint not null default 0,
  revision bigint not null default 1,
  asked bigint not null default 0
);
create index on eventsync.lease (owner);

-- Where an endpoint stands and how it does.
-- pos: everything matching up to here was delivered, or has a row in delivery or dead_letter; ahead: so do these after it.
-- open: what is in flight, and the attempts that were made of what is not settled after pos: [{"id","at","pos":[..],"number"}].
-- generation: rises with every seek; what an owner worked out before does not count any more.
create table eventsync.endpoint_run (
  endpoint_id bigint primary key references eventsync.endpoint on delete cascade,
  state text not null check (state in ('ACTIVE', 'PAUSED', 'DISABLED', 'BLOCKED')),
  disable_reason text check (disable_reason in ('GONE', 'FAILING', 'CURSOR_EXPIRED', 'SECRET_UNREADABLE')),
  state_at timestamptz not null default clock_timestamp(),
  blocked_pos bigint,
  generation bigint not null default 1,
  begin_pos bigint not null,
  pos bigint not null check (pos >= 0),
  fingerprint int not null,
  prev_pos bigint,
  prev_fingerprint int,
  ahead bigint[] not null default '{}',
  open jsonb not null default '[]',
  breaker text not null default 'CLOSED' check (breaker in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  failures_in_row int not null default 0,
  probe_wait_millis bigint not null default 0,
  probe_at timestamptz,
  in_flight_limit int not null default 0,
  paused_until timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  failing_since timestamptz,
  failed_attempts int not null default 0,
  failed_pos bigint,
  failed_events int not null default 0,
  failing_warned int not null default 0,
  check ((state = 'DISABLED') = (disable_reason is not null)),
  check ((state = 'BLOCKED') = (blocked_pos is not null))
) with (fillfactor = 40);

-- One HTTP request or mail. Inserted before its first byte leaves, closed when it ended. No index on what closing changes, so that
-- closing touches no index. at is the time of the database, as its node knows it.
create table eventsync.attempt (
  at timestamptz not null,
  attempt_id uuid not null,
  endpoint_id bigint not null,
  pos bigint not null,
  event_id text collate "C" not null,
  tag text collate "C" not null,
  batch bigint[],
  number int not null,
  outcome text not null default 'STARTED' check (outcome in ('STARTED', 'SUCCEEDED', 'FAILED', 'UNKNOWN')),
  error text,
  message text,
  status int,
  latency_micros bigint,
  target text not null,
  remote text,
  headers jsonb,
  excerpt bytea,
  unacknowledged bigint[],
  replay_id text,
  test boolean not null default false,
  node_id uuid not null,
  primary key (at, attempt_id)
) partition by range (at);
create index on eventsync.attempt (pos, endpoint_id);
create index on eventsync.attempt (endpoint_id, at, attempt_id);
create index on eventsync.attempt using gin (batch) where batch is not null;
create index on eventsync.attempt (node_id) where test;

-- The order in which attempts were closed, for those who watch. Numbers are given out under a lock, so a reader that has seen one
-- has seen all before it.
create sequence eventsync.attempt_closed;
create table eventsync.attempt_close (
  closed_at timestamptz not null,
  closed_no bigint not null,
  at timestamptz not null,
  attempt_id uuid not null,
  primary key (closed_no, closed_at)
) partition by range (closed_at);

create table eventsync.attempt_day (
  day date primary key
);

-- Deliveries that failed and wait, that wait behind such a one of their key, or that block their endpoint. With the event, so that
-- they depend on no retention.
-- asked: somebody asked for it again; it waits for nobody and holds nobody up.
create table eventsync.delivery (
  endpoint_id bigint not null references eventsync.endpoint on delete cascade,
  pos bigint not null,
  state text not null check (state in ('RETRYING', 'BEHIND', 'BLOCKING')),
  event_id text collate "C" not null,
  tag text collate "C" not null,
  key text not null,
  event bytea not null,
  prev_pos bigint,
  prev_fingerprint int,
  attempts int not null default 0,
  number int not null default 0,
  due_at timestamptz,
  first_at timestamptz,
  error text,
  status int,
  excerpt bytea,
  asked boolean not null default false,
  replay_id text,
  primary key (endpoint_id, pos),
  check ((state = 'RETRYING') = (due_at is not null))
);
alter table eventsync.delivery alter column event set storage external;
create index on eventsync.delivery (replay_id) where replay_id is not null;

create table eventsync.dead_letter (
  endpoint_id bigint not null references eventsync.endpoint on delete cascade,
  pos bigint not null,
  at timestamptz not null default clock_timestamp(),
  reason text not null check (reason in ('EXHAUSTED', 'REFUSED', 'NOT_RENDERABLE')),
  event_id text collate "C" not null,
  tag text collate "C" not null,
  key text not null,
  event bytea not null,
  attempts int not null,
  number int not null,
  error text,
  status int,
  excerpt bytea,
  first_at timestamptz,
  replay_id text,
  moved boolean not null default false,
  primary key (endpoint_id, pos)
);
alter table eventsync.dead_letter alter column event set storage external;
create index on eventsync.dead_letter (at, endpoint_id, pos);
create index on eventsync.dead_letter (replay_id, endpoint_id, pos) where replay_id is not null;

create table eventsync.replay (
  replay_id text collate "C" primary key,
  filter bytea not null,
  per_second float8 not null check (per_second >= 0),
  state text not null default 'RUNNING' check (state in ('RUNNING', 'DONE', 'CANCELED', 'FAILED')),
  total bigint not null default 0,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  moved_at timestamptz not null default clock_timestamp(),
  credit float8 not null default 0,
  error text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create index on eventsync.replay (created_at, replay_id);

-- What came of a replay's deliveries, until its next step adds it up: so recording does not wait for the replay's row.
create table eventsync.replay_result (
  replay_id text collate "C" not null,
  delivered bigint not null,
  failed bigint not null
);

-- Events of the server's own that are on their way into the log. The id makes putting them there twice the same as once.
create table eventsync.system_event (
  id text collate "C" primary key,
  tag text not null,
  key text not null,
  message text not null,
  "json" text not null,
  made_at timestamptz not null default clock_timestamp()
);

-- Creates the audit's partitions from yesterday to the day after tomorrow.
create function eventsync.ensure_attempt_days() returns int language plpgsql as $$
declare
  d date;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7205758210221004);
  for d in select generate_series((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2, interval '1 day')::date loop
    continue when exists (select 1 from eventsync.attempt_day a where a.day = d);
    execute format('create table eventsync.attempt_%s partition of eventsync.attempt for values from (%L) to (%L) with (fillfactor = 50)',
      to_char(d, 'YYYYMMDD'), d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
    execute format('create table eventsync.attempt_close_%s partition of eventsync.attempt_close for values from (%L) to (%L)',
      to_char(d, 'YYYYMMDD'), d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
    insert into eventsync.attempt_day (day) values (d);
    made := made + 1;
  end loop;
  return made;
end $$;
select eventsync.ensure_attempt_days();

-- A node says that it is alive. Answers the database's time, how many nodes are alive, how many endpoints there are to work and how
-- many of them it has.
create function eventsync.beat(p_node uuid, p_lease_millis bigint, out now_micros bigint, out nodes int, out endpoints int, out owned int)
language plpgsql as $$
declare
  t timestamptz := clock_timestamp();
begin
  insert into eventsync.node as n (node_id, alive_until) values (p_node, t + p_lease_millis * interval '1 millisecond')
    on conflict (node_id) do update set alive_until = excluded.alive_until;
  select count(*) into nodes from eventsync.node n where n.alive_until > t;
  select count(*) into endpoints from eventsync.endpoint_run r where r.state = 'ACTIVE';
  select count(*) into owned from eventsync.lease l where l.owner = p_node;
  now_micros := (extract(epoch from t) * 1000000)::bigint;
end $$;

-- Closes attempts, each once. The last lock of its transaction.
create function eventsync.close_attempts(p_ats bigint[], p_ids uuid[]) returns void language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  perform pg_advisory_xact_lock(7205758210221003);
  insert into eventsync.attempt_close (closed_at, closed_no, at, attempt_id)
    select clock_timestamp(), nextval('eventsync.attempt_closed'), timestamptz 'epoch' + u.at * interval '1 microsecond', u.id
    from unnest(p_ats, p_ids) u(at, id);
end $$;

-- Closes as UNKNOWN what is in flight of these endpoints: their owner is dead, or they are going away.
create function eventsync.close_open(p_endpoints bigint[]) returns void language plpgsql set jit = off as $$
declare
  left_ats bigint[];
  left_ids uuid[];
begin
  with gone as (
    update eventsync.attempt a set outcome = 'UNKNOWN', message = 'the node died or lost its lease'
    from (select r.endpoint_id, (o ->> 'id')::uuid as id, timestamptz 'epoch' + (o ->> 'at')::bigint * interval '1 microsecond' as at
          from eventsync.endpoint_run r cross join lateral jsonb_array_elements(r.open) o
          where r.endpoint_id = any (p_endpoints) and o ->> 'id' is not null) x
    where a.at = x.at and a.attempt_id = x.id and a.outcome = 'STARTED'
    returning a.at, a.attempt_id)
  select array_agg((extract(epoch from g.at) * 1000000)::bigint), array_agg(g.attempt_id) into left_ats, left_ids from gone g;
  if left_ids is not null then
    perform eventsync.close_attempts(left_ats, left_ids);
  end if;
end $$;

-- Takes up to p_max endpoints that nobody works. What their owners left open is closed as UNKNOWN.
create function eventsync.take_leases(p_node uuid, p_max int, out endpoint_ids bigint[], out epochs bigint[]) language plpgsql set jit = off as $$
begin
  with idle as (
    select l.endpoint_id from eventsync.lease l join eventsync.endpoint_run r on r.endpoint_id = l.endpoint_id
    where r.state = 'ACTIVE'
      and (l.owner is null or not exists (select 1 from eventsync.node n where n.node_id = l.owner and n.alive_until > clock_timestamp()))
    order by l.endpoint_id limit p_max for update of l skip locked),
  -- Stopped ones only for the attempts that a dead node left open.
  stopped as (
    select l.endpoint_id from eventsync.lease l join eventsync.endpoint_run r on r.endpoint_id = l.endpoint_id
    where r.state <> 'ACTIVE' and l.owner is not null
      and not exists (select 1 from eventsync.node n where n.node_id = l.owner and n.alive_until > clock_timestamp())
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

-- Records what happened since the last time, as one unit: attempts that ended, deliveries settled, set aside or given up, where the
-- endpoints stand, and attempts that are about to start. Nothing is recorded for an endpoint whose lease was lost; those are answered.
-- Repeating a call changes nothing.
create function eventsync.record_turn(
    p_node uuid,
    p_runs jsonb,
    p_end_ids uuid[], p_end_ats bigint[], p_end_endpoints bigint[], p_end_outcomes text[], p_end_errors text[], p_end_messages text[],
    p_end_statuses int[], p_end_latencies bigint[], p_end_remotes text[], p_end_headers text[], p_end_excerpts bytea[], p_end_unacknowledged text[],
    p_settled_endpoints bigint[], p_settled_positions bigint[],
    p_aside jsonb, p_dead jsonb, p_events jsonb,
    p_start_ids uuid[], p_start_endpoints bigint[], p_start_positions bigint[], p_start_event_ids text[], p_start_tags text[],
    p_start_batches text[], p_start_numbers int[], p_start_targets text[], p_start_replays text[], p_start_at bigint,
    out lost bigint[])
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  mine bigint[];
  unchanged bigint[];
  current bigint[];
  closed_ats bigint[];
  closed_ids uuid[];
begin
  -- Who changed the endpoint since its owner read it may have resumed it: how it does is not for the owner to say then.
  select coalesce(array_agg(x.endpoint_id), '{}'), coalesce(array_agg(x.endpoint_id) filter (where x.is_same), '{}') into mine, unchanged from (
    select l.endpoint_id, l.revision = r.revision as is_same from jsonb_to_recordset(p_runs) r(endpoint_id bigint, epoch bigint, revision bigint)
    join eventsync.lease l on l.endpoint_id = r.endpoint_id and l.epoch = r.epoch and l.owner = p_node
    order by l.endpoint_id for share of l) x;
  select array_agg(r.endpoint_id) into lost from jsonb_to_recordset(p_runs) r(endpoint_id bigint) where r.endpoint_id <> all (mine);

  -- The row lock holds off seeks until the end of this transaction.
  select coalesce(array_agg(x.endpoint_id), '{}') into current from (
    select e.endpoint_id from jsonb_to_recordset(p_runs) r(endpoint_id bigint, generation bigint)
    join eventsync.endpoint_run e on e.endpoint_id = r.endpoint_id
    where e.endpoint_id = any (mine) and e.generation = r.generation
    order by e.endpoint_id for no key update of e) x;

  if cardinality(p_settled_positions) > 0 or p_dead <> '[]' then
    insert into eventsync.replay_result (replay_id, delivered, failed)
      select d.replay_id, count(*) filter (where s.ok), count(*) filter (where not s.ok)
      from (select u.e, u.p, true as ok from unnest(p_settled_endpoints, p_settled_positions) u(e, p)
            union all
            select x.endpoint_id, x.pos, false from jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint)) s
      join eventsync.delivery d on d.endpoint_id = s.e and d.pos = s.p
      where d.endpoint_id = any (current) and d.replay_id is not null group by d.replay_id;
  end if;

  if cardinality(p_settled_positions) > 0 then
    delete from eventsync.dead_letter d using unnest(p_settled_endpoints, p_settled_positions) u(e, p)
      where d.endpoint_id = u.e and d.pos = u.p and u.e = any (current);
    delete from eventsync.delivery d using unnest(p_settled_endpoints, p_settled_positions) u(e, p)
      where d.endpoint_id = u.e and d.pos = u.p and u.e = any (current);
  end if;

  if p_dead <> '[]' then
    insert into eventsync.dead_letter as l (endpoint_id, pos, reason, event_id, tag, key, event, attempts, number, error, status, excerpt, first_at)
      select x.endpoint_id, x.pos, x.reason, x.event_id, x.tag, x.key, coalesce(d.event, decode(x.event, 'base64')), x.attempts, x.number, x.error,
        x.status, decode(x.excerpt, 'base64'), coalesce(d.first_at, timestamptz 'epoch' + x.first_micros * interval '1 microsecond')
      from jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint, reason text, event_id text, tag text, key text, event text, attempts int,
        number int, error text, status int, excerpt text, first_micros bigint)
      left join eventsync.delivery d on d.endpoint_id = x.endpoint_id and d.pos = x.pos
      where x.endpoint_id = any (current)
      on conflict (endpoint_id, pos) do update set at = clock_timestamp(), reason = excluded.reason, attempts = excluded.attempts,
        number = excluded.number, error = excluded.error, status = excluded.status, excerpt = excluded.excerpt, replay_id = null, moved = false;
    delete from eventsync.delivery d using jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint)
      where d.endpoint_id = x.endpoint_id and d.pos = x.pos and x.endpoint_id = any (current);
  end if;

  if p_aside <> '[]' then
    insert into eventsync.delivery as d (endpoint_id, pos, state, event_id, tag, key, event, prev_pos, prev_fingerprint, attempts, number, due_at,
        first_at, error, status, excerpt, asked)
      select x.endpoint_id, x.pos, x.state, x.event_id, x.tag, x.key, decode(x.event, 'base64'), x.prev_pos, x.prev_fingerprint, x.attempts, x.number,
        clock_timestamp() + x.due_in * interval '1 millisecond', timestamptz 'epoch' + x.first_micros * interval '1 microsecond', x.error, x.status,
        decode(x.excerpt, 'base64'), x.asked
      from jsonb_to_recordset(p_aside) x(endpoint_id bigint, pos bigint, state text, event_id text, tag text, key text, event text, prev_pos bigint,
        prev_fingerprint int, attempts int, number int, due_in bigint, first_micros bigint, error text, status int, excerpt text, asked boolean)
      where x.endpoint_id = any (current)
      on conflict (endpoint_id, pos) do update set state = excluded.state, attempts = excluded.attempts, number = excluded.number,
        due_at = excluded.due_at, first_at = coalesce(d.first_at, excluded.first_at), error = excluded.error, status = excluded.status,
        excerpt = excluded.excerpt;
  end if;

  if p_events <> '[]' then
    insert into eventsync.system_event (id, tag, key, message, "json")
      select x.id, x.tag, x.key, x.message, x."json"
      from jsonb_to_recordset(p_events) x(endpoint_id bigint, id text, tag text, key text, message text, "json" text)
      where x.endpoint_id = any (mine)
      on conflict do nothing;
  end if;

  update eventsync.endpoint_run e set
      open = r.open,
      state = case when e.state = 'ACTIVE' and c.ok then r.state else e.state end,
      disable_reason = case when e.state = 'ACTIVE' and c.ok then r.disable_reason else e.disable_reason end,
      blocked_pos = case when e.state = 'ACTIVE' and c.ok then r.blocked_pos else e.blocked_pos end,
      state_at = case when e.state = 'ACTIVE' and c.ok and r.state <> 'ACTIVE' then clock_timestamp() else e.state_at end,
      pos = case when c.ok then r.pos else e.pos end,
      fingerprint = case when c.ok then r.fingerprint else e.fingerprint end,
      -- Forgotten with a filter; other changes leave it.
      prev_pos = case when c.ok and (c.same or e.prev_pos is not null) then r.prev_pos else e.prev_pos end,
      prev_fingerprint = case when c.ok and (c.same or e.prev_pos is not null) then r.prev_fingerprint else e.prev_fingerprint end,
      ahead = case when c.ok then r.ahead else e.ahead end,
      breaker = case when c.same then r.breaker else e.breaker end,
      failures_in_row = case when c.same then r.failures_in_row else e.failures_in_row end,
      probe_wait_millis = case when c.same then r.probe_wait_millis else e.probe_wait_millis end,
      probe_at = case when c.same then clock_timestamp() + r.probe_in * interval '1 millisecond' else e.probe_at end,
      in_flight_limit = case when c.same then r.in_flight_limit else e.in_flight_limit end,
      paused_until = case when c.same then clock_timestamp() + r.paused_for * interval '1 millisecond' else e.paused_until end,
      last_success_at = coalesce(clock_timestamp() - r.success_ago * interval '1 millisecond', e.last_success_at),
      last_failure_at = coalesce(clock_timestamp() - r.failure_ago * interval '1 millisecond', e.last_failure_at),
      failing_since = case when c.same then clock_timestamp() - r.failing_for * interval '1 millisecond' else e.failing_since end,
      failed_attempts = case when c.same then r.failed_attempts else e.failed_attempts end,
      failed_pos = case when c.same then r.failed_pos else e.failed_pos end,
      failed_events = case when c.same then r.failed_events else e.failed_events end,
      failing_warned = case when c.same then r.failing_warned else e.failing_warned end
    from jsonb_to_recordset(p_runs) r(endpoint_id bigint, open jsonb, state text, disable_reason text, blocked_pos bigint, pos bigint,
        fingerprint int, prev_pos bigint, prev_fingerprint int, ahead bigint[], breaker text, failures_in_row int, probe_wait_millis bigint,
        probe_in bigint, in_flight_limit int, paused_for bigint, success_ago bigint, failure_ago bigint, failing_for bigint, failed_attempts int,
        failed_pos bigint, failed_events int, failing_warned int)
      cross join lateral (select r.endpoint_id = any (current) as ok, r.endpoint_id = any (unchanged) as same) c
    where e.endpoint_id = r.endpoint_id and e.endpoint_id = any (mine);

  insert into eventsync.attempt (at, attempt_id, endpoint_id, pos, event_id, tag, batch, number, target, replay_id, node_id)
    select timestamptz 'epoch' + p_start_at * interval '1 microsecond', u.id, u.endpoint_id, u.pos, u.event_id, u.tag, u.batch::bigint[], u.number,
      u.target, u.replay_id, p_node
    from unnest(p_start_ids, p_start_endpoints, p_start_positions, p_start_event_ids, p_start_tags, p_start_batches, p_start_numbers,
      p_start_targets, p_start_replays) u(id, endpoint_id, pos, event_id, tag, batch, number, target, replay_id)
    where u.endpoint_id = any (mine)
    on conflict do nothing;

  if cardinality(p_end_ids) > 0 then
    with closed as (
      update eventsync.attempt a set outcome = u.outcome, error = u.error, message = u.message, status = u.status, latency_micros = u.latency,
          remote = u.remote, headers = u.headers::jsonb, excerpt = u.excerpt, unacknowledged = u.unacknowledged::bigint[]
        from unnest(p_end_ids, p_end_ats, p_end_endpoints, p_end_outcomes, p_end_errors, p_end_messages, p_end_statuses, p_end_latencies,
          p_end_remotes, p_end_headers, p_end_excerpts, p_end_unacknowledged)
          u(id, at, endpoint_id, outcome, error, message, status, latency, remote, headers, excerpt, unacknowledged)
        where a.at = timestamptz 'epoch' + u.at * interval '1 microsecond' and a.attempt_id = u.id and a.outcome = 'STARTED'
          and u.endpoint_id = any (mine)
        returning u.at, u.id)
    select array_agg(c.at), array_agg(c.id) into closed_ats, closed_ids from closed c;
    if closed_ids is not null then
      perform eventsync.close_attempts(closed_ats, closed_ids);
    end if;
  end if;
end $$;

-- The last number given out to an attempt that was closed before this time. Numbers and times rise together.
create function eventsync.closed_before(p_at timestamptz) returns bigint language plpgsql stable as $$
declare
  lo bigint;
  hi bigint;
  mid bigint;
  mid_at timestamptz;
begin
  select coalesce(min(c.closed_no), 1), coalesce(max(c.closed_no), 0) + 1 into lo, hi from eventsync.attempt_close c;
  while lo < hi loop
    mid := lo + (hi - lo) / 2;
    select c.closed_at into mid_at from eventsync.attempt_close c where c.closed_no >= mid order by c.closed_no limit 1;
    if mid_at < p_at then
      lo := mid + 1;
    else
      hi := mid;
    end if;
  end loop;
  return lo - 1;
end $$;

-- Takes nodes off the list that have been dead for a while, and closes the test events they left.
create function eventsync.reap_nodes() returns int language plpgsql as $$
declare
  left_ats bigint[];
  left_ids uuid[];
  gone uuid[];
begin
  select array_agg(n.node_id) into gone from eventsync.node n where n.alive_until < clock_timestamp() - interval '60 seconds';
  if gone is null then
    return 0;
  end if;
  with closed as (
    update eventsync.attempt a set outcome = 'UNKNOWN', message = 'the node died'
      where a.test and a.node_id = any (gone) and a.outcome = 'STARTED' returning a.at, a.attempt_id)
  select array_agg((extract(epoch from c.at) * 1000000)::bigint), array_agg(c.attempt_id) into left_ats, left_ids from closed c;
  if left_ids is not null then
    perform eventsync.close_attempts(left_ats, left_ids);
  end if;
  delete from eventsync.node n where n.node_id = any (gone);
  return cardinality(gone);
end $$;

-- Makes deliveries of the next dead letters of a running replay, as many as its rate allows since the last time and as have room.
-- Answers how many, or null if there is nothing to do or another node is at it. The rest of a replay ends here too.
create function eventsync.advance_replay(p_replay text, p_max int, p_room int) returns int language plpgsql set jit = off as $$
declare
  y eventsync.replay;
  allowed int := p_max;
  endpoints bigint[];
  positions bigint[];
  n int;
begin
  select * into y from eventsync.replay r where r.replay_id = p_replay and r.state = 'RUNNING' for update skip locked;
  if y.replay_id is null then
    return null;
  end if;
  if y.per_second > 0 then
    y.credit := least(y.credit + y.per_second * extract(epoch from clock_timestamp() - y.moved_at), greatest(1, y.per_second));
    allowed := least(p_max, floor(y.credit)::int);
  end if;
  select array_agg(x.endpoint_id), array_agg(x.pos) into endpoints, positions from (
    select l.endpoint_id, l.pos from eventsync.dead_letter l
    join eventsync.endpoint_run e on e.endpoint_id = l.endpoint_id and e.state = 'ACTIVE'
    where l.replay_id = p_replay and not l.moved
      and (l.pos <= e.pos or l.pos = any (e.ahead)) -- after a seek back it is sent anyway, and again only then
      and (select count(*) from (select 1 from eventsync.delivery d where d.endpoint_id = l.endpoint_id limit p_room) c) < p_room
    order by l.pos, l.endpoint_id limit allowed) x;
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

-- The audit for people: select * from eventsync.attempts where endpoint = 'orders' order by at desc limit 20;
create view eventsync.attempts as
  select a.at, n.name as endpoint, a.event_id, a.tag, a.pos as position, a.number, a.outcome, a.status, a.error, a.message,
    a.latency_micros / 1000.0 as latency_ms, a.target, a.remote, a.headers, encode(a.excerpt, 'escape') as response, a.batch,
    a.unacknowledged, a.replay_id, a.test, a.attempt_id, a.node_id
  from eventsync.attempt a left join eventsync.endpoint_name n on n.endpoint_id = a.endpoint_id;

-- What waits, and for what: select * from eventsync.deliveries where endpoint = 'orders' order by due_at;
create view eventsync.deliveries as
  select n.name as endpoint, d.event_id, d.tag, d.pos as position, d.state, d.number as attempts, d.due_at, d.error, d.status, d.replay_id
  from eventsync.delivery d join eventsync.endpoint n on n.endpoint_id = d.endpoint_id;

create view eventsync.dead_letters as
  select n.name as endpoint, l.at, l.event_id, l.tag, l.pos as position, l.reason, l.number as attempts, l.error, l.status,
    encode(l.excerpt, 'escape') as response, l.replay_id
  from eventsync.dead_letter l join eventsync.endpoint n on n.endpoint_id = l.endpoint_id;
