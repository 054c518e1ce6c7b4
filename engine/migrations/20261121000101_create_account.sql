-- A person may belong to several organisations, so this table carries none.
create table "user" (
    id text not null primary key,
    -- Trimmed and in lower case.
    email text not null,
    name text not null,
    password_hash text not null,
    -- The sealed secret of the second factor.
    totp text,
    created_at bigint not null,
    disabled_at bigint
);
create unique index user_email on "user" (email);

create table member (
    org_id text not null,
    user_id text not null,
    role text not null,
    created_at bigint not null,
    primary key (org_id, user_id)
) without rowid;
create index member_user on member (user_id);

create table session (
    -- SHA-256 of the token, in hex: the token itself is nowhere.
    token_hash text not null primary key,
    user_id text not null,
    org_id text not null,
    agent text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_of_user on session (user_id);
create index session_expires on session (expires_at);

create table api_key (
    id text not null primary key,
    org_id text not null,
    name text not null,
    -- SHA-256 of the key, in hex: the key itself is nowhere.
    hash text not null,
    -- Its first characters, by which people know it.
    prefix text not null,
    role text not null,
    created_by text,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create unique index api_key_hash on api_key (hash);
create index api_key_org on api_key (org_id, id);
