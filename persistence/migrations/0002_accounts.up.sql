-- Who may come in: the keys that sign tokens, sign-ins, API keys, identities at a provider.

-- The secret that signed tokens until now: those tokens end, and are exchanged for new ones.
delete from settings where key = 'token_keys';

create table signing_keys (
  kid text primary key,
  private_key $bytes not null,
  signs_from $ts not null,
  accepted_until $ts
) $clustered;

-- One sign-in: its id is the family of its refresh tokens, and the `sid` of its access tokens.
create table sessions (
  id $id primary key,
  user_id $id not null,
  method text not null,
  address text not null,
  user_agent text,
  created_at $ts not null,
  last_used_at $ts not null,
  expires_at $ts not null,
  ended_at $ts
) $strict;
create index sessions_user on sessions (user_id, id);
create index sessions_ended on sessions (ended_at) where ended_at is not null;
create index sessions_expiry on sessions (expires_at);
insert into sessions
  (id, user_id, method, address, created_at, last_used_at, expires_at, ended_at)
  select family_id, user_id, 'password', '', min(issued_at), max(issued_at), max(expires_at),
    max(revoked_at)
  from refresh_tokens group by family_id, user_id;

create table api_keys (
  id $id primary key,
  user_id $id not null,
  name text,
  hint text not null,
  secret_hash $bytes not null,
  permissions $json not null,
  scope text not null,
  site_id $id,
  expires_at $ts not null,
  last_used_at $ts,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create unique index api_keys_secret on api_keys (secret_hash);
create index api_keys_user on api_keys (user_id, id);

create table identities (
  issuer text not null,
  subject text not null,
  user_id $id not null,
  created_at $ts not null,
  primary key (issuer, subject)
) $strict;
create index identities_user on identities (user_id);

-- Sign-ins that were sent to the provider and have not come back.
create table oidc_starts (
  state_hash $bytes primary key,
  browser_hash $bytes,
  nonce text not null,
  verifier text not null,
  created_at $ts not null
) $strict;
create index oidc_starts_age on oidc_starts (created_at);
