//! `operandi openapi`: prints the description that `api/openapi.json` keeps.

use std::process::ExitCode;

use super::{Outcome, say};

pub(super) fn run() -> Outcome {
    say(serde_json::to_string_pretty(&crate::routes::openapi())?)?;
    Ok(ExitCode::SUCCESS)
}
