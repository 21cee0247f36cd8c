drop table loose_blobs;
drop table attachments;
