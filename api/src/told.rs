//! Reasons as the API shows them.

use operandi_dsl::catalog::Lang;
use operandi_engine::core::Reason;

/// A reason as a word for programs and as a sentence for people.
pub(crate) fn told(reason: Option<Reason>, lang: Lang) -> (Option<String>, Option<String>) {
    reason
        .map(|reason| (reason.code, reason.says.get(lang).to_owned()))
        .unzip()
}
