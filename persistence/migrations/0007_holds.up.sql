-- Things of which there is one, and the case that has each; who works on a case beside the assignee.
create table holds (
    hold text not null,
    site_id $id not null,
    value text not null,
    case_id $id not null references cases (id),
    primary key (hold, site_id, value)
) $clustered;

create index holds_case on holds (case_id);

create table case_helpers (
    user_id $id not null,
    case_id $id not null references cases (id),
    primary key (user_id, case_id)
) $clustered;

create index case_helpers_case on case_helpers (case_id);
