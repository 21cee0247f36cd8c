drop index assets_site_code;
drop index assets_by_code;
drop index assets_site_name;
drop index assets_name;
drop index customers_site_name;
--@pg
alter table users alter column display_name type text collate "default";
alter table users alter column username_key type text collate "default";
alter table sites alter column code type text collate "default";
alter table sites alter column name type text collate "default";
alter table assets alter column code type text collate "default";
alter table assets alter column name type text collate "default";
alter table customers alter column name type text collate "default";
--@all
drop table views;
