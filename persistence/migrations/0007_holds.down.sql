drop table case_helpers;
drop table holds;
