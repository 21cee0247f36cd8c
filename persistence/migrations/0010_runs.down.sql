--@pg
delete from clocks as earlier using clocks as later
  where later.case_id = earlier.case_id and later.code = earlier.code and later.run > earlier.run;
alter table clocks drop constraint clocks_pkey;
alter table clocks drop column run;
alter table clocks add primary key (case_id, code);
--@sqlite
alter table clocks rename to clocks_after;
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
insert into clocks
  select case_id, code, state, calendar, calendar_version, started_at, due_at, breached_at, stopped_at
  from clocks_after where true
  order by run
  on conflict (case_id, code) do update set state = excluded.state, calendar = excluded.calendar,
    calendar_version = excluded.calendar_version, started_at = excluded.started_at,
    due_at = excluded.due_at, breached_at = excluded.breached_at, stopped_at = excluded.stopped_at;
drop table clocks_after;
create index clocks_calendar on clocks (calendar, state);
create index clocks_started on clocks (started_at, case_id, code);
