-- The open runs that a run has called and waits for: they end with it.
create index run_called on run (org_id, parent_id) where parent_id is not null and ended_at is null;
