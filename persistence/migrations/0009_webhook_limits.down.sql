alter table webhooks drop column limits;
