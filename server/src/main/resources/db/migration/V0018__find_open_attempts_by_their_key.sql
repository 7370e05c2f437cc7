-- Who takes endpoints over closes the attempts that were left open, a few hundred at most. That could be planned as a walk through all attempts
-- on record; by their key it is as in close_attempts and record_turn.
-- Changes how a function is planned; locks nothing.

alter function eventsync.close_open(bigint[]) set enable_seqscan = off;
alter function eventsync.close_open(bigint[]) set enable_hashjoin = off;
alter function eventsync.close_open(bigint[]) set enable_mergejoin = off;
