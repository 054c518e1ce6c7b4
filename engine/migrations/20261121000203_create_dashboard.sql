-- What an organisation looks at first: one page of widgets.
create table dashboard (
    org_id text not null primary key,
    rev bigint not null,
    -- The widgets (JSON), as the API checked them.
    widgets text not null,
    changed_at bigint not null
);
