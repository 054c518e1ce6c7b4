//! What keeps the data small, safe and true: retention, backups, and the self-check.

mod backup;
mod retention;
mod selfcheck;

pub use self::{
    backup::{BackupError, Copied, backup, backup_folder, restore},
    retention::{Ages, Removed, retain},
    selfcheck::{Fault, Found, ROWS_PER_PASS, Report, SelfCheck, WORKFLOWS_PER_PASS},
};
