create table connection (
    id text not null primary key,
    org_id text not null,
    connector text not null,
    name text not null,
    -- The open settings, as a JSON object.
    settings text not null,
    -- The sealed secrets, opaque here, and which key sealed them.
    secrets text,
    key_id text,
    state text not null,
    last_error text,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index connection_org on connection (org_id, id);
create index connection_key on connection (key_id, id);
