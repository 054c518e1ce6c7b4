//! What is looked at when a script reads or changes a variable.
//!
//! Two gaps of the evaluator are closed here. It bounds each value it computes, but not what a
//! variable grows to by assignments to its fields and elements; so the variables of a script are
//! weighed every few accesses. And it locks a captured variable while a method of it runs, so that
//! a closure that reads it too would fail; so each reader of a value from outside gets its own copy.

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, Map, Position};

use super::budget;

/// Elements and fields that the variables of a script hold together.
const ITEMS_MAX: usize = 50_000;
/// Bytes of text that the variables of a script hold together.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Elements weighed in about the time of one operation.
const ITEMS_PER_TICK: usize = 8;

/// Watches the variables of scripts, and of expressions with closures that capture.
pub(super) fn install(engine: &mut Engine) {
    // The callback's interface is documented as one that may change between releases.
    #[allow(deprecated)]
    engine.on_var(|name, _, context| {
        let scope = context.scope();
        if budget::weighing_is_due() {
            let mut weight = Weight::default();
            for (_, constant, value) in scope.iter_raw() {
                if !constant {
                    weight.add(value);
                }
            }
            if let Some(this) = context.this_ptr() {
                weight.add(this);
            }
            if weight.items > ITEMS_MAX || weight.bytes > BYTES_MAX {
                let what = "What the variables hold together".to_owned();
                return Err(EvalAltResult::ErrorDataTooLarge(what, Position::NONE).into());
            }
            budget::charge(weight.items / ITEMS_PER_TICK)?;
        }
        if context.call_level() > 0 || !budget::copies() || scope.is_constant(name) != Some(true) {
            return Ok(None);
        }
        Ok(scope
            .get(name)
            .map(|value| value.flatten_clone().into_shared()))
    });
}

#[derive(Default)]
struct Weight {
    items: usize,
    bytes: usize,
}

impl Weight {
    fn add(&mut self, value: &Dynamic) {
        // What is too heavy already need not be weighed to the end.
        if self.items > ITEMS_MAX || self.bytes > BYTES_MAX {
            return;
        }
        self.items += 1;
        // Asking for the kind first is much cheaper than trying each in turn.
        if value.is_string() {
            self.bytes += value.as_immutable_string_ref().map_or(0, |text| text.len());
        } else if value.is_array() {
            if let Some(list) = value.read_lock::<Array>() {
                list.iter().for_each(|item| self.add(item));
            }
        } else if value.is_map() {
            if let Some(fields) = value.read_lock::<Map>() {
                fields.values().for_each(|field| self.add(field));
            }
        } else if value.is_fnptr()
            && let Some(function) = value.read_lock::<FnPtr>()
        {
            function.curry().iter().for_each(|bound| self.add(bound));
        }
    }
}
