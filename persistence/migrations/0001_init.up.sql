-- One text for both databases. Words: $id $ts $json $i64 $bool $bytes $serial $strict $clustered;
-- lines after "--@pg" or "--@sqlite" are for that database, after "--@all" for both again.
--
-- Tables that every request writes carry no foreign keys: what they refer to is never erased, and
-- each check would cost a look-up (and on PostgreSQL a row lock) in the busiest transactions.

create table settings (
  key text primary key,
  value $json not null
) $clustered;

create table numbers (
  key text primary key,
  last $i64 not null
) $clustered;

-- The log. `data` is text on both: its exact bytes are hashed.
create table events (
  position $i64 primary key,
  aggregate text not null,
  aggregate_id $id not null,
  sequence integer not null,
  type text not null,
  actor_id $id,
  occurred_at $ts not null,
  data text not null,
  prev_hash $bytes not null,
  hash $bytes not null
) $strict;
create unique index events_timeline on events (aggregate_id, sequence);

create table timers (
  kind text not null,
  subject_id $id not null,
  code text not null,
  due_at $ts not null,
  data $json not null,
  primary key (subject_id, kind, code)
) $clustered;
create index timers_due on timers (due_at, subject_id, kind, code);

create table cases (
  seq $serial,
  id $id not null,
  number text not null,
  procedure text not null,
  procedure_version integer not null,
  kind text not null,
  state text not null,
  priority text not null,
  channel text not null,
  subject text not null,
  fields $json not null,
  site_id $id,
  customer_id $id,
  asset_id $id,
  parent_id $id,
  owner_id $id,
  assignee_id $id,
  transfer_to $id,
  opened_by $id,
  team text,
  opened_at $ts not null,
  due_at $ts not null,
  closed_at $ts,
  extra $json not null,
  version integer not null,
  last_hash $bytes not null
) $strict;
create unique index cases_id on cases (id);
create unique index cases_number on cases (number);
-- Every list is a range of one of these. Sites, assignees and states have long lists in both orders;
-- the others are short enough to be sorted by deadline after the range. Overdue work is looked for
-- among the open cases only.
create index cases_opened on cases (opened_at, id);
create index cases_due on cases (due_at, id);
create index cases_open_due on cases (due_at, id) where closed_at is null;
create index cases_site_opened on cases (site_id, opened_at, id);
create index cases_site_due on cases (site_id, due_at, id);
create index cases_assignee_opened on cases (assignee_id, opened_at, id);
create index cases_assignee_due on cases (assignee_id, due_at, id);
create index cases_state_opened on cases (state, opened_at, id);
create index cases_state_due on cases (state, due_at, id);
create index cases_owner on cases (owner_id, opened_at, id);
create index cases_opener on cases (opened_by, opened_at, id);
create index cases_transfer on cases (transfer_to, opened_at, id) where transfer_to is not null;
create index cases_team on cases (team, opened_at, id) where team is not null;
create index cases_customer on cases (customer_id, opened_at, id) where customer_id is not null;
create index cases_asset on cases (asset_id, opened_at, id) where asset_id is not null;
create index cases_parent on cases (parent_id, opened_at, id) where parent_id is not null;

-- What can be asked about promises. A case's row holds them whole, so that one statement reads it.
create table clocks (
  case_id $id not null,
  code text not null,
  state text not null,
  calendar text not null,
  calendar_version integer not null,
  started_at $ts not null,
  due_at $ts not null,
  breached_at $ts,
  stopped_at $ts,
  primary key (case_id, code)
) $clustered;
create index clocks_calendar on clocks (calendar, state);

--@pg
create table case_search (case_id uuid primary key, terms tsvector not null);
create index case_search_terms on case_search using gin (terms);
--@sqlite
create virtual table case_search using fts5(
  terms, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
--@all

create table procedures (
  code text not null,
  version integer not null,
  document $json not null,
  source text not null,
  published_at $ts not null,
  published_by $id,
  primary key (code, version)
) $strict;

create table calendars (
  code text not null,
  version integer not null,
  document $json not null,
  source text not null,
  published_at $ts not null,
  published_by $id,
  primary key (code, version)
) $strict;

create table sites (
  id $id primary key,
  code text not null,
  name text not null,
  packs $json not null,
  calendar text not null,
  figures $json not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create unique index sites_code on sites (code) where deleted_at is null;

create table customers (
  id $id primary key,
  name text not null,
  kind text not null,
  phone text,
  email text,
  address text,
  site_id $id,
  level text,
  notes text,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create index customers_site on customers (site_id, id);
create index customers_name on customers (name, id);
create index customers_phone on customers (phone, id);

create table assets (
  id $id primary key,
  kind text not null,
  code text not null,
  name text not null,
  customer_id $id,
  site_id $id,
  fields $json not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create unique index assets_code on assets (kind, code) where deleted_at is null;
create index assets_customer on assets (customer_id, id);
create index assets_site on assets (site_id, id);

create table users (
  id $id primary key,
  username text not null,
  username_key text not null,
  password_hash text not null,
  display_name text not null,
  email text,
  phone text,
  team text,
  customer_id $id,
  active $bool not null,
  grants $json not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create unique index users_username on users (username_key) where deleted_at is null;

create table roles (
  code text primary key,
  title $json not null,
  permissions $json not null,
  clauses $json not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;

create table refresh_tokens (
  id $id primary key,
  family_id $id not null,
  user_id $id not null references users (id),
  token_hash $bytes not null,
  issued_at $ts not null,
  expires_at $ts not null,
  used_at $ts,
  revoked_at $ts
) $strict;
create unique index refresh_tokens_hash on refresh_tokens (token_hash);
create index refresh_tokens_family on refresh_tokens (family_id);
create index refresh_tokens_user on refresh_tokens (user_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

create table login_attempts (
  key text primary key,
  failures integer not null,
  last_at $ts not null,
  blocked_until $ts
) $clustered;

create table idempotency (
  caller_id $id not null,
  key text not null,
  fingerprint $bytes not null,
  status integer not null,
  headers $json not null,
  body text not null,
  created_at $ts not null,
  primary key (caller_id, key)
) $strict;
create index idempotency_age on idempotency (created_at);

create table notifications (
  id $id primary key,
  user_id $id not null,
  case_id $id,
  type text not null,
  data $json not null,
  created_at $ts not null,
  read_at $ts
) $strict;
create index notifications_user on notifications (user_id, id);
create index notifications_unread on notifications (user_id, id) where read_at is null;
