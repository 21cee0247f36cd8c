-- What reports look for: promises by when they began, cases by when they were closed.
create index clocks_started on clocks (started_at, case_id, code);
create index cases_reported on cases (id, procedure, site_id, parent_id);
create index cases_closed on cases (procedure, closed_at, id) where closed_at is not null;
