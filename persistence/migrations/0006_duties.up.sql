-- Duties: how each stands at each site, and every time it arose.

-- One for each duty and site. What has been seen to is remembered by the date of the rule, which no
-- calendar moves; nothing before `since` counts. Where a site no longer has the duty, `pattern` is empty.
create table duties (
  id $id primary key,
  duty text not null,
  site_id $id not null,
  pattern text not null,
  since $ts not null,
  done_date text,
  done_turn integer,
  next_at $ts,
  paused_at $ts,
  paused_by $id,
  paused_why text,
  version integer not null,
  unique (duty, site_id)
) $strict;
create index duties_site on duties (site_id, duty);

-- `clock` is the promise that counts on the case: the one that takes the span the duty gives.
create table duty_occurrences (
  id $id primary key,
  duty text not null,
  site_id $id not null,
  occurs_at $ts not null,
  n integer not null,
  due_at $ts not null,
  clock text,
  case_id $id,
  created_at $ts not null,
  unique (duty, site_id, occurs_at, n)
) $strict;
create index duty_occurrences_all on duty_occurrences (duty, occurs_at, id);
create index duty_occurrences_site on duty_occurrences (duty, site_id, occurs_at, id);
create index duty_occurrences_case on duty_occurrences (case_id) where case_id is not null;
