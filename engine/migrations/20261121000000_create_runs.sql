-- Workflows and their published versions.
create table workflow (
    org_id text not null,
    id text not null,
    -- The draft as it was written, comments included.
    source text not null,
    format text not null,
    name text not null,
    inputs text not null,
    rev bigint not null,
    enabled bigint not null,
    published bigint,
    -- The catalog revision of the last change that matters to routing.
    revision bigint not null,
    created_at bigint not null,
    changed_at bigint not null,
    primary key (org_id, id)
);
create index workflow_revision on workflow (revision);

create table version (
    org_id text not null,
    workflow_id text not null,
    number bigint not null,
    document text not null,
    source text not null,
    inputs text not null,
    -- What starts it, as a JSON list of event types and `webhook:<connection>`.
    listens text not null,
    created_at bigint not null,
    primary key (org_id, workflow_id, number)
);

-- One row: raised by whatever changes the routing of events.
create table catalog (
    id bigint not null primary key,
    revision bigint not null
);
insert into catalog (id, revision) values (1, 0);

-- Which fields of which events some version matches on.
create table event_shape (
    org_id text not null,
    type text not null,
    fields text not null,
    revision bigint not null,
    primary key (org_id, type, fields)
) without rowid;

-- Deliveries and starts that carry an id of their own, so that each counts once.
create table delivery (
    org_id text not null,
    source text not null,
    dedupe text not null,
    event_id text,
    run_id text,
    received_at bigint not null,
    primary key (org_id, source, dedupe)
) without rowid;
create index delivery_age on delivery (received_at);

create table event (
    org_id text not null,
    id text not null,
    type text not null,
    source text not null,
    data text not null,
    routes text,
    occurred_at bigint not null,
    received_at bigint not null,
    primary key (org_id, id)
);
create index event_type on event (org_id, type, id);

-- The look-back of waits. `pos` grows in the order of commits.
create table event_key (
    org_id text not null,
    hash bigint not null,
    event_id text not null,
    match_text text not null,
    received_at bigint not null,
    pos bigint not null,
    primary key (org_id, hash, received_at, event_id)
) without rowid;
create index event_key_age on event_key (received_at);

create table run (
    org_id text not null,
    id text not null,
    workflow_id text not null,
    version bigint not null,
    key text not null,
    mode text not null,
    status text not null,
    outcome text,
    seq bigint not null,
    due_at bigint,
    owner text,
    lease_until bigint,
    -- 1 while it waits for its turn behind another run of its key.
    queued bigint not null,
    state text not null,
    event_id text,
    parent_id text,
    parent_slot text,
    goal_at bigint,
    started_at bigint not null,
    changed_at bigint not null,
    ended_at bigint,
    primary key (org_id, id)
);
create index run_due on run (due_at) where due_at is not null;
create index run_due_org on run (org_id, due_at) where due_at is not null;
create index run_owner on run (owner) where owner is not null;
create index run_active on run (org_id, workflow_id, key) where ended_at is null and mode <> 'parallel';
create index run_workflow on run (org_id, workflow_id, id);
create index run_key on run (org_id, key, id) where key <> '';
create index run_open on run (org_id, status, id) where ended_at is null;
create index run_failed on run (org_id, id) where status = 'failed';
create index run_cancelled on run (org_id, id) where status = 'cancelled';
create index run_ended on run (ended_at) where ended_at is not null;

create table wait (
    org_id text not null,
    hash bigint not null,
    run_id text not null,
    slot text not null,
    kind text not null,
    conditional bigint not null,
    until_at bigint,
    -- What the run's outcome is called when an exit's event arrives.
    outcome text,
    match_text text not null,
    primary key (org_id, hash, run_id, slot)
) without rowid;
create index wait_run on wait (org_id, run_id, kind);
create index wait_until on wait (until_at) where kind = 'goal';

create table inbox (
    id integer primary key,
    org_id text not null,
    run_id text not null,
    input text not null,
    received_at bigint not null
);
create index inbox_run on inbox (org_id, run_id, id);

create table journal (
    id integer primary key,
    org_id text not null,
    run_id text not null,
    -- 0 for entries moved out of the state, 1 for those written when an event ended the run.
    part bigint not null,
    entry text not null
);
create index journal_run on journal (org_id, run_id, part, id);

create table send (
    org_id text not null,
    intent text not null,
    run_id text not null,
    workflow_id text not null,
    step text not null,
    kind text not null,
    purpose text,
    channel text not null,
    recipient text not null,
    contact_id text,
    provider_id text,
    status text not null,
    rank bigint not null,
    reason text,
    created_at bigint not null,
    changed_at bigint not null,
    primary key (org_id, intent)
);
create index send_provider on send (org_id, provider_id) where provider_id is not null;
create index send_contact on send (org_id, contact_id, created_at) where contact_id is not null;
create index send_run on send (org_id, run_id);
create index send_recipient on send (org_id, channel, recipient, created_at);

create table schedule (
    org_id text not null,
    workflow_id text not null,
    next_at bigint not null,
    primary key (org_id, workflow_id)
);
create index schedule_next on schedule (next_at);

create table process (
    id text not null primary key,
    roles text not null,
    started_at bigint not null,
    beat_at bigint not null
);

-- Answers to requests that carried an idempotency key.
create table idempotency (
    org_id text not null,
    key text not null,
    fingerprint text not null,
    answer text,
    created_at bigint not null,
    primary key (org_id, key)
) without rowid;
create index idempotency_age on idempotency (created_at);
