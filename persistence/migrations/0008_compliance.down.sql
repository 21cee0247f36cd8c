drop index cases_closed;
drop index cases_reported;
drop index clocks_started;
