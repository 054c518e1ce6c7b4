-- Which version was live before the present one, and since when the present one is.
alter table workflow add column published_at bigint;
alter table workflow add column published_before bigint;

-- The steps where an open run stands, apart by spaces: the outermost first, then those of its lanes.
alter table run add column at_steps text not null default '';
create index run_standing on run (org_id, workflow_id, version, at_steps) where ended_at is null;

-- How many runs went where, by the hour in which they started. Sums, so that nobody reads histories for them.
create table tally (
    org_id text not null,
    workflow_id text not null,
    -- When the hour began.
    hour bigint not null,
    -- The step; empty for the runs themselves.
    step text not null,
    -- `entered`, `failed` or `way:<name>` of a step; `started`, `converted` or how it ended of a run.
    what text not null,
    -- Transactions at the same time add to different rows.
    shard bigint not null,
    n bigint not null,
    primary key (org_id, workflow_id, hour, step, what, shard)
) without rowid;
create index tally_age on tally (hour);
