-- Credentials of devices: random words, of which only a hash is kept.
create table device_key (
    org_id text not null,
    id text not null,
    device_id text not null,
    hash text not null,
    created_at bigint not null,
    used_at bigint,
    primary key (org_id, id)
) without rowid;
create unique index device_key_hash on device_key (hash);
create index device_key_device on device_key (org_id, device_id);

-- Codes by which a node asks for its credentials, once.
create table device_claim (
    hash text not null primary key,
    org_id text not null,
    device_id text not null,
    expires_at bigint not null
) without rowid;
create index device_claim_device on device_claim (org_id, device_id);

-- What is known of a device besides its record. One row from its first word or setting on.
create table device_status (
    org_id text not null,
    device_id text not null,
    -- The session it is connected by; empty when it is not. A goodbye of another session says nothing.
    session text,
    session_at bigint,
    -- Why the last session ended: closed, lost, restart, update, sleep.
    farewell text,
    -- When a door last heard of it, by our clock.
    seen_at bigint,
    boot bigint,
    -- What the uptime of this boot is to be added to.
    boot_anchor bigint,
    -- By how much the clock of this boot was behind ours when it told the time.
    boot_skew bigint,
    -- The highest number of a reading of this boot that is folded: higher ones were never seen.
    boot_seq bigint,
    firmware text,
    reset text,
    -- Readings that its full ring has dropped since it was made.
    lost bigint not null default 0,
    -- What its last birth says it measures and switches (JSON).
    metrics text,
    actuators text,
    desired text not null default '{}',
    desired_revision bigint not null default 0,
    reported text,
    reported_revision bigint,
    primary key (org_id, device_id)
) without rowid;

-- What actuators were asked for, and what became of it.
create table device_command (
    org_id text not null,
    id text not null,
    device_id text not null,
    actuator text not null,
    level bigint not null,
    safe bigint not null,
    max_on bigint not null,
    -- pending, sent, accepted, done, expired, refused, unconfirmed
    state text not null,
    code text,
    asked_by text not null,
    created_at bigint not null,
    expires_at bigint not null,
    changed_at bigint not null,
    primary key (org_id, id)
) without rowid;
create index device_command_device on device_command (org_id, device_id, created_at);
create index device_command_open on device_command (expires_at) where state in ('pending', 'sent', 'accepted');
