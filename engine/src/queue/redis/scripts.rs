//! The Lua scripts, and how our values travel to and from them.

use redis::{Script, ScriptInvocation};

use crate::queue::{Class, Hint};

/// All scripts; each begins with what they share.
pub(super) struct Scripts {
    pub(super) push: Script,
    pub(super) take: Script,
    pub(super) release: Script,
    pub(super) lease: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        let script = |body: &str| Script::new(&format!("{}\n{body}", include_str!("common.lua")));
        Self {
            push: script(include_str!("push.lua")),
            take: script(include_str!("take.lua")),
            release: script(include_str!("release.lua")),
            lease: script(include_str!("lease.lua")),
        }
    }
}

/// Adds class, organisation and run.
pub(super) fn add_hint(call: &mut ScriptInvocation<'_>, hint: Hint) {
    call.arg(digit(hint.class))
        .arg(hint.org.to_string())
        .arg(hint.run.to_string());
}

/// How the lease script is told of a held hint.
pub(super) fn held_name(hint: Hint) -> String {
    format!("{}/{}/{}", digit(hint.class), hint.org, hint.run)
}

/// Reads what `take` answered; what is not ours is passed over.
pub(super) fn read_hints(flat: &[String]) -> Vec<Hint> {
    flat.chunks_exact(3)
        .filter_map(|parts| {
            let class = match parts[0].as_str() {
                "0" => Class::Interactive,
                "1" => Class::Bulk,
                _ => return None,
            };
            Some(Hint {
                org: parts[1].parse().ok()?,
                run: parts[2].parse().ok()?,
                class,
            })
        })
        .collect()
}

fn digit(class: Class) -> &'static str {
    match class {
        Class::Interactive => "0",
        Class::Bulk => "1",
    }
}
