-- Saved views of lists, and what sorted and scoped lists of records need.

create table views (
  id $id primary key,
  resource text not null,
  name text not null,
  owner_id $id not null,
  shared text not null,
  role text,
  site_id $id,
  filters $json not null,
  sort text,
  columns $json not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create index views_owner on views (owner_id, id);
create index views_shared on views (shared, id);

-- Lists are sorted by these, by code point on both databases: a database's own collation would
-- differ between them, and between two servers.
--@pg
alter table customers alter column name type text collate "C";
alter table assets alter column name type text collate "C";
alter table assets alter column code type text collate "C";
alter table sites alter column name type text collate "C";
alter table sites alter column code type text collate "C";
alter table users alter column username_key type text collate "C";
alter table users alter column display_name type text collate "C";
alter table views alter column name type text collate "C";
--@all

create index customers_site_name on customers (site_id, name, id);
create index assets_name on assets (name, id);
create index assets_site_name on assets (site_id, name, id);
create index assets_by_code on assets (code, id);
create index assets_site_code on assets (site_id, code, id);
