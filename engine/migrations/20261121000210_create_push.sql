-- The pair of keys by which browsers know this installation. One row; the private half is sealed.
create table push_key (
    id bigint not null primary key,
    key_id text not null,
    sealed text not null,
    made_at bigint not null
);

-- Browsers that hear of alerts when nobody looks at them.
create table push_subscription (
    id text not null primary key,
    org_id text not null,
    user_id text not null,
    endpoint text not null,
    p256dh text not null,
    auth text not null,
    -- es, en, pt
    lang text not null,
    created_at bigint not null
);
create unique index push_subscription_browser on push_subscription (org_id, endpoint);
create index push_subscription_endpoint on push_subscription (endpoint);
create index push_subscription_user on push_subscription (user_id);

-- What a browser is still to be told of an alert: the last news of it. A row lives until that was told.
create table push_due (
    org_id text not null,
    alert_id text not null,
    subscription_id text not null,
    -- opened, raised, woke, recovered, cleared
    kind text not null,
    -- Whether the browser may have heard of this alert before.
    heard bigint not null,
    -- Rises with the news, so that whoever told the old does not settle the new.
    revision bigint not null,
    tries bigint not null,
    -- When somebody may take it: later than now while a process tells it, or after it failed.
    due_at bigint not null,
    primary key (org_id, alert_id, subscription_id)
) without rowid;
create index push_due_at on push_due (due_at);
