-- A new day of the audit is made by itself and then attached, which locks out nobody. Made as a partition at once it waited for whoever had
-- read the audit in a transaction that is still open, and everything that records a delivery waited behind it. Replaces a function.

-- Creates the audit's partitions from yesterday to the day after tomorrow.
create or replace function eventsync.ensure_attempt_days() returns int language plpgsql as $$
declare
  d date;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7205758210221004);
  for d in select generate_series((now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + 2, interval '1 day')::date loop
    continue when exists (select 1 from eventsync.attempt_day a where a.day = d);
    execute format('create table eventsync.attempt_%s (like eventsync.attempt including all) with (fillfactor = 50)', to_char(d, 'YYYYMMDD'));
    execute format('create table eventsync.attempt_close_%s (like eventsync.attempt_close including all)', to_char(d, 'YYYYMMDD'));
    execute format('alter table eventsync.attempt attach partition eventsync.attempt_%s for values from (%L) to (%L)',
      to_char(d, 'YYYYMMDD'), d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
    execute format('alter table eventsync.attempt_close attach partition eventsync.attempt_close_%s for values from (%L) to (%L)',
      to_char(d, 'YYYYMMDD'), d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
    insert into eventsync.attempt_day (day) values (d);
    made := made + 1;
  end loop;
  return made;
end $$;
