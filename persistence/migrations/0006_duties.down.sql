drop table duty_occurrences;
drop table duties;
