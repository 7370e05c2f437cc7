-- A delivery whose row was taken away while it was on its way, as a canceled replay does, is not put back without its event: that made a row
-- with an empty one, which was sent in the place of the real one, and took the dead letter with it once that was accepted. Removes such rows, and replaces a function.

delete from eventsync.delivery where event = '';

-- Records what happened since the last time, as one unit: attempts that ended, deliveries settled, set aside or given up, where the
-- endpoints stand, and attempts that are about to start. Nothing is recorded for an endpoint whose lease was lost; those are answered.
-- Repeating a call changes nothing.
create or replace function eventsync.record_turn(
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
  by_endpoint jsonb;
  all_mine boolean;
  all_unchanged boolean;
  all_current boolean;
  closed_ats bigint[];
  closed_ids uuid[];
  done record;
begin
  -- Who changed the endpoint since its owner read it may have resumed it: how it does is not for the owner to say then.
  select coalesce(array_agg(r.endpoint_id), '{}'), coalesce(array_agg(r.endpoint_id) filter (where l.revision = r.revision), '{}')
    into mine, unchanged
    from (select * from jsonb_to_recordset(p_runs) r(endpoint_id bigint, epoch bigint, revision bigint) order by r.endpoint_id) r
    cross join lateral (
      select l.revision from eventsync.lease l where l.endpoint_id = r.endpoint_id and l.epoch = r.epoch and l.owner is not distinct from p_node
      for share of l offset 0) l;
  -- Mostly so, and then no row has to be looked up in an array.
  all_mine := cardinality(mine) = jsonb_array_length(p_runs);
  all_unchanged := cardinality(unchanged) = jsonb_array_length(p_runs);
  if not all_mine then
    select array_agg(r.endpoint_id) into lost from jsonb_to_recordset(p_runs) r(endpoint_id bigint) where r.endpoint_id <> all (mine);
  end if;

  -- The row lock holds off seeks until the end of this transaction.
  select coalesce(array_agg(r.endpoint_id) filter (where e.generation = r.generation), '{}') into current
    from (select * from jsonb_to_recordset(p_runs) r(endpoint_id bigint, generation bigint) order by r.endpoint_id) r
    cross join lateral (
      select e.generation from eventsync.endpoint_run e where e.endpoint_id = r.endpoint_id for no key update of e offset 0) e
    where all_mine or r.endpoint_id = any (mine);
  all_current := cardinality(current) = jsonb_array_length(p_runs);

  if cardinality(p_settled_positions) > 0 or p_dead <> '[]' then
    insert into eventsync.replay_result (replay_id, delivered, failed)
      select d.replay_id, count(*) filter (where s.ok), count(*) filter (where not s.ok)
      from (select u.e, u.p, true as ok from unnest(p_settled_endpoints, p_settled_positions) u(e, p)
            union all
            select x.endpoint_id, x.pos, false from jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint)) s
      cross join lateral (select d.replay_id from eventsync.delivery d where d.endpoint_id = s.e and d.pos = s.p offset 0) d
      where (all_current or s.e = any (current)) and d.replay_id is not null group by d.replay_id;
  end if;

  for done in select u.* from unnest(p_settled_endpoints, p_settled_positions) u(endpoint_id, pos) where all_current or u.endpoint_id = any (current) loop
    delete from eventsync.dead_letter d where d.endpoint_id = done.endpoint_id and d.pos = done.pos;
    delete from eventsync.delivery d where d.endpoint_id = done.endpoint_id and d.pos = done.pos;
  end loop;

  if p_dead <> '[]' then
    insert into eventsync.dead_letter as l (endpoint_id, pos, reason, event_id, tag, key, event, attempts, number, error, status, excerpt, first_at)
      select x.endpoint_id, x.pos, x.reason, x.event_id, x.tag, x.key, coalesce(d.event, l.event, decode(x.event, 'base64')), x.attempts, x.number, x.error,
        x.status, decode(x.excerpt, 'base64'), coalesce(d.first_at, timestamptz 'epoch' + x.first_micros * interval '1 microsecond')
      from jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint, reason text, event_id text, tag text, key text, event text, attempts int,
        number int, error text, status int, excerpt text, first_micros bigint)
      left join lateral (
        select d.event, d.first_at from eventsync.delivery d where d.endpoint_id = x.endpoint_id and d.pos = x.pos offset 0) d on true
      left join lateral (
        select l.event from eventsync.dead_letter l where x.event = '' and l.endpoint_id = x.endpoint_id and l.pos = x.pos offset 0) l on true
      where (all_current or x.endpoint_id = any (current)) and (x.event <> '' or d.event is not null or l.event is not null)
      on conflict (endpoint_id, pos) do update set at = clock_timestamp(), reason = excluded.reason, attempts = excluded.attempts,
        number = excluded.number, error = excluded.error, status = excluded.status, excerpt = excluded.excerpt, replay_id = null, moved = false;
    for done in select x.* from jsonb_to_recordset(p_dead) x(endpoint_id bigint, pos bigint) where all_current or x.endpoint_id = any (current) loop
      delete from eventsync.delivery d where d.endpoint_id = done.endpoint_id and d.pos = done.pos;
    end loop;
  end if;

  if p_aside <> '[]' then
    insert into eventsync.delivery as kept (endpoint_id, pos, state, event_id, tag, key, event, prev_pos, prev_fingerprint, attempts, number, due_at,
        first_at, error, status, excerpt, asked)
      select x.endpoint_id, x.pos, x.state, x.event_id, x.tag, x.key, decode(x.event, 'base64'), x.prev_pos, x.prev_fingerprint, x.attempts, x.number,
        clock_timestamp() + x.due_in * interval '1 millisecond', timestamptz 'epoch' + x.first_micros * interval '1 microsecond', x.error, x.status,
        decode(x.excerpt, 'base64'), x.asked
      from jsonb_to_recordset(p_aside) x(endpoint_id bigint, pos bigint, state text, event_id text, tag text, key text, event text, prev_pos bigint,
        prev_fingerprint int, attempts int, number int, due_in bigint, first_micros bigint, error text, status int, excerpt text, asked boolean)
      -- Without an event it had a row, which has it.
      left join lateral (
        select d.pos from eventsync.delivery d where x.event = '' and d.endpoint_id = x.endpoint_id and d.pos = x.pos offset 0) d on true
      where (all_current or x.endpoint_id = any (current)) and (x.event <> '' or d.pos is not null)
      on conflict (endpoint_id, pos) do update set state = excluded.state, attempts = excluded.attempts, number = excluded.number,
        due_at = excluded.due_at, first_at = coalesce(kept.first_at, excluded.first_at), error = excluded.error, status = excluded.status,
        excerpt = excluded.excerpt;
  end if;

  if p_events <> '[]' then
    insert into eventsync.system_event (id, tag, key, message, "json")
      select x.id, x.tag, x.key, x.message, x."json"
      from jsonb_to_recordset(p_events) x(endpoint_id bigint, id text, tag text, key text, message text, "json" text)
      where all_mine or x.endpoint_id = any (mine)
      on conflict do nothing;
  end if;

  select jsonb_object_agg(r ->> 'endpoint_id', r) into by_endpoint from jsonb_array_elements(p_runs) r;
  update eventsync.endpoint_run e set (open, state, disable_reason, blocked_pos, state_at, pos, fingerprint, prev_pos, prev_fingerprint, ahead,
      breaker, failures_in_row, probe_wait_millis, probe_at, in_flight_limit, paused_until, last_success_at, last_failure_at, failing_since,
      failed_attempts, failed_pos, failed_events, failing_warned) = (
      select
        r.open,
        case when e.state = 'ACTIVE' and c.ok then r.state else e.state end,
        case when e.state = 'ACTIVE' and c.ok then r.disable_reason else e.disable_reason end,
        case when e.state = 'ACTIVE' and c.ok then r.blocked_pos else e.blocked_pos end,
        case when e.state = 'ACTIVE' and c.ok and r.state <> 'ACTIVE' then clock_timestamp() else e.state_at end,
        case when c.ok then r.pos else e.pos end,
        case when c.ok then r.fingerprint else e.fingerprint end,
        -- Forgotten with a filter; other changes leave it.
        case when c.ok and (c.same or e.prev_pos is not null) then r.prev_pos else e.prev_pos end,
        case when c.ok and (c.same or e.prev_pos is not null) then r.prev_fingerprint else e.prev_fingerprint end,
        case when c.ok then r.ahead else e.ahead end,
        case when c.same then r.breaker else e.breaker end,
        case when c.same then r.failures_in_row else e.failures_in_row end,
        case when c.same then r.probe_wait_millis else e.probe_wait_millis end,
        case when c.same then clock_timestamp() + r.probe_in * interval '1 millisecond' else e.probe_at end,
        case when c.same then r.in_flight_limit else e.in_flight_limit end,
        case when c.same then clock_timestamp() + r.paused_for * interval '1 millisecond' else e.paused_until end,
        coalesce(clock_timestamp() - r.success_ago * interval '1 millisecond', e.last_success_at),
        coalesce(clock_timestamp() - r.failure_ago * interval '1 millisecond', e.last_failure_at),
        case when c.same then clock_timestamp() - r.failing_for * interval '1 millisecond' else e.failing_since end,
        case when c.same then r.failed_attempts else e.failed_attempts end,
        case when c.same then r.failed_pos else e.failed_pos end,
        case when c.same then r.failed_events else e.failed_events end,
        case when c.same then r.failing_warned else e.failing_warned end
      from jsonb_to_record(by_endpoint -> e.endpoint_id::text) r(open jsonb, state text, disable_reason text, blocked_pos bigint, pos bigint,
          fingerprint int, prev_pos bigint, prev_fingerprint int, ahead bigint[], breaker text, failures_in_row int, probe_wait_millis bigint,
          probe_in bigint, in_flight_limit int, paused_for bigint, success_ago bigint, failure_ago bigint, failing_for bigint, failed_attempts int,
          failed_pos bigint, failed_events int, failing_warned int)
        cross join (select all_current or e.endpoint_id = any (current) as ok, all_unchanged or e.endpoint_id = any (unchanged) as same) c)
    where e.endpoint_id = any (mine);

  insert into eventsync.attempt (at, attempt_id, endpoint_id, pos, event_id, tag, batch, number, target, replay_id, node_id)
    select timestamptz 'epoch' + p_start_at * interval '1 microsecond', u.id, u.endpoint_id, u.pos, u.event_id, u.tag, u.batch::bigint[], u.number,
      u.target, u.replay_id, p_node
    from unnest(p_start_ids, p_start_endpoints, p_start_positions, p_start_event_ids, p_start_tags, p_start_batches, p_start_numbers,
      p_start_targets, p_start_replays) u(id, endpoint_id, pos, event_id, tag, batch, number, target, replay_id)
    where all_mine or u.endpoint_id = any (mine)
    on conflict do nothing;

  if cardinality(p_end_ids) > 0 then
    with closed as (
      update eventsync.attempt a set outcome = u.outcome, error = u.error, message = u.message, status = u.status, latency_micros = u.latency,
          remote = u.remote, headers = u.headers::jsonb, excerpt = u.excerpt, unacknowledged = u.unacknowledged::bigint[]
        from unnest(p_end_ids, p_end_ats, p_end_endpoints, p_end_outcomes, p_end_errors, p_end_messages, p_end_statuses, p_end_latencies,
          p_end_remotes, p_end_headers, p_end_excerpts, p_end_unacknowledged)
          u(id, at, endpoint_id, outcome, error, message, status, latency, remote, headers, excerpt, unacknowledged)
        where a.at = timestamptz 'epoch' + u.at * interval '1 microsecond' and a.attempt_id = u.id and a.outcome = 'STARTED'
          and (all_mine or u.endpoint_id = any (mine))
        returning u.at, u.id)
    select array_agg(c.at), array_agg(c.id) into closed_ats, closed_ids from closed c;
    if closed_ids is not null then
      perform eventsync.close_attempts(closed_ats, closed_ids);
    end if;
  end if;
end $$;
