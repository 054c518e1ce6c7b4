-- What is or was wrong, one open row per rule and subject.
create table alert (
    id text not null primary key,
    org_id text not null,
    workflow_id text not null,
    -- A device, or what several share, such as `place:Local`.
    subject text not null,
    device_id text,
    metric text,
    -- info, warning, critical, emergency
    level text not null,
    -- active, acknowledged, latched, cleared
    state text not null,
    -- Whether it stays until somebody has seen it.
    latches bigint not null,
    -- The likely cause, for what several devices share.
    cause text,
    value double precision,
    -- When it began, by the device's clock.
    since bigint not null,
    opened_at bigint not null,
    acknowledged_at bigint,
    acknowledged_by text,
    snoozed_until bigint,
    recovered_at bigint,
    closed_at bigint,
    solved_by text,
    solved_note text,
    changed_at bigint not null
);
create unique index alert_open on alert (org_id, workflow_id, subject) where closed_at is null;
create index alert_list on alert (org_id, opened_at);
create index alert_device on alert (org_id, device_id, opened_at);
create index alert_snoozed on alert (snoozed_until) where snoozed_until is not null;

-- An alert's story.
create table alert_entry (
    org_id text not null,
    alert_id text not null,
    number bigint not null,
    at bigint not null,
    -- opened, raised, joined, acknowledged, snoozed, woke, solved, recovered, cleared, note
    kind text not null,
    who text,
    -- What else there is to say (JSON).
    data text not null,
    primary key (org_id, alert_id, number)
) without rowid;
