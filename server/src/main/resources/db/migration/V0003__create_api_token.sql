-- API tokens. Creates tables only; locks nothing that is in use.

create table eventsync.api_token (
  token_id text primary key check (token_id ~ '^[A-Za-z0-9-]{16}$'),
  display_name text not null check (length(display_name) between 1 and 128),
  -- SHA-256 of the whole text that the owner holds.
  hash bytea not null check (length(hash) = 32),
  -- As text, such as {read:ORDER,ingest:*}.
  grants text[] not null check (cardinality(grants) between 1 and 100),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- One row: changes with every token that is made or revoked, so that nodes see in one look whether to read them again.
create table eventsync.api_token_revision (
  one boolean primary key default true check (one),
  revision bigint not null
);
insert into eventsync.api_token_revision (revision) values (1);
