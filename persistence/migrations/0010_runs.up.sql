-- A promise that a case makes again is another obligation: what became of the earlier one stays.

--@pg
alter table clocks add column run integer not null default 1;
alter table clocks alter column run drop default;
alter table clocks drop constraint clocks_pkey;
alter table clocks add primary key (case_id, code, run);
--@sqlite
alter table clocks rename to clocks_before;
create table clocks (
  case_id $id not null,
  code text not null,
  run integer not null,
  state text not null,
  calendar text not null,
  calendar_version integer not null,
  started_at $ts not null,
  due_at $ts not null,
  breached_at $ts,
  stopped_at $ts,
  primary key (case_id, code, run)
) $clustered;
insert into clocks
  select case_id, code, 1, state, calendar, calendar_version, started_at, due_at, breached_at, stopped_at
  from clocks_before;
drop table clocks_before;
create index clocks_calendar on clocks (calendar, state);
create index clocks_started on clocks (started_at, case_id, code);
