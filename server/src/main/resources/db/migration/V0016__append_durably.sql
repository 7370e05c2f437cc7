-- An append and its mark were two transactions, so that nobody waits for an append that is being flushed. Where nobody is to wait, one is less to do.
-- Creates a function; locks nothing.

-- Appends as append does, with the mark, in a transaction that commits as the connection has it: synchronously. Holds the lock of all
-- appends until the batch is on disk.
-- Ids that are found behind the newest mark are marked, too: they may be of an append whose own mark never came.
create function eventsync.append_durably(p_tags int[], p_ids text[], p_bodies bytea[], p_probe text[], p_tail text[], p_known bigint,
    out base bigint, out at bigint, out dup_ids text[], out dup_positions bigint[])
language plpgsql as $$
declare
  asked constant text := current_setting('synchronous_commit');
begin
  select a.base, a.at, a.dup_ids, a.dup_positions into base, at, dup_ids, dup_positions
    from eventsync.append(p_tags, p_ids, p_bodies, p_probe, p_tail, p_known) a;
  if base is not null then -- else they are in the index, and so behind a mark
    insert into eventsync.mark (pos) values (case when dup_ids is null then base + cardinality(p_tags) else base end)
      on conflict do nothing;
    perform set_config('synchronous_commit', asked, true); -- append put it off
  end if;
end $$;
