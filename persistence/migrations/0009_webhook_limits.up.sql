-- How far the API key went that said where a webhook leads: it is told no more than the key may see.

alter table webhooks add column limits $json;
