-- Who is told of events over HTTP, what was sent to them, and what they answered.

create table webhooks (
  id $id primary key,
  url text not null,
  description text,
  types $json not null,
  ordered $bool not null,
  enabled $bool not null,
  site_id $id,
  owner_id $id not null,
  disabled_reason text,
  disabled_at $ts,
  secret $bytes not null,
  old_secret $bytes,
  old_secret_until $ts,
  secret_rotated_at $ts,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;

-- Up to where the feed has been turned into deliveries. Apart from the webhook's row, which tells
-- what people decided and whose every change is logged.
create table webhook_cursors (
  webhook_id $id primary key,
  position $i64 not null
) $clustered;

create table webhook_deliveries (
  id $id primary key,
  webhook_id $id not null,
  position $i64 not null,
  type text not null,
  aggregate text not null,
  aggregate_id $id not null,
  event_id $id,
  state text not null,
  attempts integer not null,
  tries integer not null,
  next_at $ts not null,
  leased_until $ts not null,
  last_status integer,
  last_error text,
  created_at $ts not null,
  finished_at $ts,
  version integer not null
) $strict;
create index webhook_deliveries_list on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_state on webhook_deliveries (webhook_id, state, id);
create index webhook_deliveries_age on webhook_deliveries (created_at);
-- What waits: by when it is due, and in the order of the feed.
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at, id) where state = 'pending';
create index webhook_deliveries_order on webhook_deliveries (webhook_id, position, id) where state = 'pending';

create table webhook_attempts (
  delivery_id $id not null,
  number integer not null,
  started_at $ts not null,
  duration_ms integer not null,
  status integer,
  error text,
  body text,
  primary key (delivery_id, number)
) $clustered;
