-- Append-only: who did what to which thing.
create table audit (
    id text not null primary key,
    org_id text not null,
    at bigint not null,
    -- `user:<id>`, `key:<id>` or `system`.
    actor text not null,
    action text not null,
    object_kind text not null,
    object_id text not null,
    detail text not null
);
create index audit_org on audit (org_id, id);
create index audit_object on audit (org_id, object_kind, object_id, id);
