-- What devices said, in the one order in which it counts; kept until it is folded.
create table device_log (
    pos bigint not null,
    org_id text not null,
    received_at bigint not null,
    -- How many readings they bring, and one for each message without.
    count bigint not null,
    -- The messages that arrived together (JSON).
    messages text not null,
    primary key (pos, org_id)
) without rowid;

-- The last position of the log, and who watches: positions are drawn from here, so that they have no
-- gaps and commit in their order. `done` is the last one that is folded, and `waiting` is the sum
-- of the counts after it.
create table device_watch (
    id bigint not null primary key,
    head bigint not null,
    done bigint not null,
    waiting bigint not null,
    owner text,
    until bigint not null,
    -- When somebody last watched.
    watched_at bigint not null
);
insert into device_watch (id, head, done, waiting, until, watched_at) values (1, 0, 0, 0, 0, 0);

-- One metric of one device, and its last value.
create table series (
    id bigint not null primary key,
    org_id text not null,
    device_id text not null,
    metric text not null,
    last_at bigint,
    last_value double precision,
    -- Why there was no value, as a word.
    last_fault text,
    last_received_at bigint
);
create unique index series_name on series (org_id, device_id, metric);

-- `boot` and `seq` are the device's own count, so that a reading that comes twice is one; `boot` is -1
-- for devices that do not count.
create table reading (
    series bigint not null,
    at bigint not null,
    boot bigint not null,
    seq bigint not null,
    value double precision,
    -- Why there is no value, or that it is doubted, as a word.
    fault text,
    received_at bigint not null,
    primary key (series, at, boot, seq)
) without rowid;

-- `span` in seconds: 60 or 3600.
create table rollup (
    series bigint not null,
    span bigint not null,
    at bigint not null,
    count bigint not null,
    sum double precision not null,
    min double precision not null,
    max double precision not null,
    first_at bigint not null,
    first double precision not null,
    last_at bigint not null,
    last double precision not null,
    primary key (series, span, at)
) without rowid;

-- What each rule remembers of each series. `rung` is 0 for the rule itself, else which of its levels.
create table sensor_state (
    org_id text not null,
    workflow_id text not null,
    rung bigint not null,
    series bigint not null,
    -- The rule it belongs to: with another one it is begun anew.
    rule text not null,
    -- The log up to here is in it.
    pos bigint not null,
    state text not null,
    primary key (org_id, workflow_id, rung, series)
) without rowid;
