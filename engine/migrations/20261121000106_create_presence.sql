-- Who has a workflow open in the editor. Rows live for seconds: each is raised by its editor's own beat.
create table presence (
    org_id text not null,
    workflow_id text not null,
    -- One open page, by an id of its own.
    editor text not null,
    -- The person; nothing for a program.
    user_id text,
    name text not null,
    since bigint not null,
    seen_at bigint not null,
    -- Since when it wants to edit, and when it last took that over from others.
    claimed_at bigint,
    taken_at bigint,
    primary key (org_id, workflow_id, editor)
) without rowid;
create index presence_age on presence (org_id, seen_at);
