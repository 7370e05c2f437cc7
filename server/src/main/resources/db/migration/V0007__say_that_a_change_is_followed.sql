-- Whoever changes an endpoint answers its caller once the node that works it keeps to the change: until then an event could still be passed
-- over by the filter of before. Adds a column with a default; locks the small table eventsync.lease for a moment. A node of an older version
-- does not say so, and callers of a newer one then wait for three seconds.

-- followed: its owner keeps to what was so at this revision, or a later one.
alter table eventsync.lease add column followed bigint not null default 0;
