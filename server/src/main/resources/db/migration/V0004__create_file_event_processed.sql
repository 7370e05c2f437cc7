-- How far the file events of the older routes were processed, and when. Creates a table only; locks nothing that is in use.

create table eventsync.file_event_processed (
  -- All file events up to here.
  position bigint primary key check (position > 0),
  at timestamptz not null default clock_timestamp()
);
