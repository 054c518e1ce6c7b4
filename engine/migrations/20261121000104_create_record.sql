create table record (
    id text not null primary key,
    org_id text not null,
    kind text not null,
    -- The document, as a JSON object without its id.
    data text not null,
    -- When the newest write to it was true at its source, and the fields for which that was another time.
    as_of bigint not null,
    stamps text not null,
    version bigint not null,
    -- The record that took this one in: this row only keeps the old id and its past.
    merged_into text,
    created_at bigint not null,
    updated_at bigint not null
);
create index record_of_kind on record (org_id, kind, id);
create index record_updated on record (org_id, kind, updated_at, id);
create index record_merged on record (org_id, merged_into) where merged_into is not null;

-- The unique aliases by which a record is found.
create table record_key (
    org_id text not null,
    kind text not null,
    name text not null,
    value text not null,
    record_id text not null,
    primary key (org_id, kind, name, value)
) without rowid;
create index record_key_record on record_key (org_id, record_id);

-- The declared fields by which records are filtered and sorted. `value` is an encoding whose order as
-- plain text is the order of the values.
create table record_field (
    org_id text not null,
    record_id text not null,
    kind text not null,
    name text not null,
    value text not null,
    primary key (org_id, record_id, name, value)
) without rowid;
create index record_field_value on record_field (org_id, kind, name, value, record_id);

-- How each kind was declared when its records were last indexed.
create table record_kind (
    kind text not null primary key,
    declared text not null,
    indexed_at bigint not null
);
