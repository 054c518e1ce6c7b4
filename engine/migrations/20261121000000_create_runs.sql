create table placeholder (id text primary key);
