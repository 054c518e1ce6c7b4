//! JSON pointers (RFC 6901): how problems and edits name a place in a document.

/// The pointer of `child` inside `parent`.
#[must_use]
pub fn join(parent: &str, child: impl ToString) -> String {
    let child = child.to_string().replace('~', "~0").replace('/', "~1");
    format!("{parent}/{child}")
}

/// The names along a pointer; `None` when it does not begin with a slash.
#[must_use]
pub fn split(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    let names = pointer.strip_prefix('/')?.split('/');
    Some(
        names
            .map(|name| name.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}
