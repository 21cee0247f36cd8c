drop table oidc_starts;
drop table identities;
drop table api_keys;
drop table sessions;
drop table signing_keys;
