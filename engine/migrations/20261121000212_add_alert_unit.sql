-- The unit of its value, as the rule measures it.
alter table alert add column unit text;
