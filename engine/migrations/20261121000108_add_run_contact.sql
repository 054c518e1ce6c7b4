-- Whom a run is about: what its event calls `contact`.
alter table run add column contact_id text;
create index run_contact on run (org_id, contact_id, id) where contact_id is not null;
