-- Files. Their bytes are in the storage, by the attachment's id. One without a case is its
-- uploader's, for a day.
create table attachments (
  id $id primary key,
  case_id $id,
  name text not null,
  media_type text not null,
  size $i64 not null,
  sha256 text not null,
  uploaded_by $id not null,
  version integer not null,
  created_at $ts not null,
  updated_at $ts not null,
  deleted_at $ts
) $strict;
create index attachments_case on attachments (case_id, id) where case_id is not null;
create index attachments_uploader on attachments (uploaded_by, id);
create index attachments_loose on attachments (created_at, id) where case_id is null and deleted_at is null;

-- Bytes in the storage that no attachment holds, not yet or not any more: those of a running
-- upload, of one that failed, of an attachment that nobody wanted.
create table loose_blobs (
  id $id primary key,
  since $ts not null
) $strict;
create index loose_blobs_age on loose_blobs (since, id);
