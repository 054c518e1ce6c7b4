//! The variables an expression sees.

use std::sync::Arc;

use rhai::{Dynamic, Map};
use serde_json::Value;

use super::{Language, convert::to_dynamic};

/// The variables an expression sees. Values are converted once, when set, and no expression can
/// change them: what one expression does, the next does not see.
pub struct Scope {
    inner: rhai::Scope<'static>,
}

impl Scope {
    /// A scope without variables, for expressions of this language.
    #[must_use]
    pub fn new(_language: &Arc<Language>) -> Self {
        Self {
            inner: rhai::Scope::new(),
        }
    }

    /// Sets or replaces a variable.
    pub fn set(&mut self, name: &str, value: &Value) {
        self.put(name, to_dynamic(value));
    }

    /// Sets one field of a map variable (such as `steps`), without converting the rest again. The
    /// variable becomes a map when it was none.
    pub fn set_in(&mut self, map: &str, field: &str, value: &Value) {
        let mut fields = self
            .take(map)
            .and_then(Dynamic::try_cast::<Map>)
            .unwrap_or_default();
        fields.insert(field.into(), to_dynamic(value));
        self.put(map, Dynamic::from_map(fields));
    }

    /// Takes a variable away.
    pub fn remove(&mut self, name: &str) {
        drop(self.take(name));
    }

    fn take(&mut self, name: &str) -> Option<Dynamic> {
        self.inner.remove::<Dynamic>(name)
    }

    fn put(&mut self, name: &str, value: Dynamic) {
        drop(self.take(name));
        self.inner.push_constant_dynamic(name, value);
    }

    /// What the variables are called, for messages.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .inner
            .iter_raw()
            .map(|(name, ..)| name.to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// Lends the variables to an evaluation and forgets what it declared.
    pub(super) fn lend<T>(&mut self, evaluate: impl FnOnce(&mut rhai::Scope<'static>) -> T) -> T {
        let variables = self.inner.len();
        let result = evaluate(&mut self.inner);
        self.inner.rewind(variables);
        result
    }
}
