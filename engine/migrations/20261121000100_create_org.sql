create table org (
    id text not null primary key,
    name text not null,
    zone text not null,
    locale text not null,
    country text not null,
    currency text not null,
    -- Days without business, as a JSON list of `YYYY-MM-DD`.
    holidays text not null,
    -- What else the organisation has set, as a JSON object.
    settings text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
