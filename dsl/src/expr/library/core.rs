//! Corrections to Rhai's own functions: nothing has only empty fields, what compares elements costs
//! a tick each, and sorting bears a comparison that contradicts itself.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Engine, FnPtr, INT, Map, NativeCallContext};

use super::{Answer, pure};
use crate::{
    expr::budget::charge,
    phrase::{Fault, say},
};

pub(super) fn register(engine: &mut Engine) {
    caught(engine);
    // A chain such as `event.customer.name` gives nothing when the customer is missing.
    engine.register_indexer_get(|_: &mut (), _: &str| ());
    engine.register_indexer_get(|_: &mut (), _: INT| ());

    // By itself Rhai finds a text neither before nor after a number, and says nothing.
    for operator in [">", ">=", "<", "<="] {
        engine.register_fn(operator, |_: &str, _: INT| unordered());
        engine.register_fn(operator, |_: INT, _: &str| unordered());
        engine.register_fn(operator, |_: &str, _: f64| unordered());
        engine.register_fn(operator, |_: f64, _: &str| unordered());
    }

    pure(
        engine,
        "contains",
        |list: &mut Array, item: Dynamic| -> Answer<bool> {
            Ok(position(list, &item, 0)?.is_some())
        },
    );
    pure(engine, "index_of", |list: &mut Array, item: Dynamic| {
        index_of(list, &item, 0)
    });
    pure(
        engine,
        "index_of",
        |list: &mut Array, item: Dynamic, start: INT| index_of(list, &item, start),
    );
    pure(engine, "==", |a: &mut Array, b: Array| arrays_equal(a, &b));
    pure(engine, "!=", |a: &mut Array, b: Array| {
        arrays_equal(a, &b).map(|equal| !equal)
    });
    pure(engine, "==", |a: &mut Map, b: Map| maps_equal(a, &b));
    pure(engine, "!=", |a: &mut Map, b: Map| {
        maps_equal(a, &b).map(|equal| !equal)
    });
    engine.register_fn("dedup", |list: &mut Array| -> Answer<()> {
        let mut kept = Array::with_capacity(list.len());
        for item in std::mem::take(list) {
            if !matches!(kept.last(), Some(last) if equal(last, &item)?) {
                kept.push(item);
            }
        }
        *list = kept;
        Ok(())
    });
    for name in ["sort", "sort_by"] {
        engine.register_fn(
            name,
            |context: NativeCallContext, list: &mut Array, compare: FnPtr| -> Answer<()> {
                *list = sort_with(&context, list, &compare)?;
                Ok(())
            },
        );
    }
    for name in ["order", "order_by"] {
        pure(
            engine,
            name,
            |context: NativeCallContext, list: &mut Array, compare: FnPtr| {
                sort_with(&context, list, &compare)
            },
        );
    }
}

/// What a `catch` is given reads as a text.
fn caught(engine: &mut Engine) {
    engine.register_fn("to_string", |fault: Fault| fault.to_string());
    engine.register_fn("+", |fault: Fault, text: &str| format!("{fault}{text}"));
    engine.register_fn("+", |text: &str, fault: Fault| format!("{text}{fault}"));
}

fn unordered() -> Answer<bool> {
    Err(Fault::new(
        say!(
            "un texto y un número no tienen un orden entre sí",
            "a text and a number have no order between them",
            "um texto e um número não têm uma ordem entre si",
        ),
        say!(
            "convertí el texto, con to_int, to_float o parse_time",
            "convert the text, with to_int, to_float or parse_time",
            "converta o texto, com to_int, to_float ou parse_time",
        ),
    )
    .into())
}

fn sort_with(context: &NativeCallContext, list: &Array, compare: &FnPtr) -> Answer<Array> {
    merge_sort(list.clone(), &mut |a, b| {
        charge(1)?;
        let answer: Dynamic = compare.call_within_context(context, (a.clone(), b.clone()))?;
        match answer.as_int() {
            Ok(order) => Ok(order.cmp(&0)),
            // `|a, b| a < b` is a common way to say it, too.
            Err(_) => match answer.as_bool() {
                Ok(true) => Ok(Ordering::Less),
                Ok(false) => Ok(Ordering::Greater),
                Err(_) => Err(Fault::new(
                    say!(
                        "una comparación para ordenar da un número negativo, 0 o uno positivo",
                        "a comparison for sorting must give a negative number, 0 or a positive one",
                        "uma comparação para ordenar dá um número negativo, 0 ou um positivo",
                    ),
                    say!(
                        "devolvé eso, como en `|a, b| a.price - b.price`",
                        "give that, as in `|a, b| a.price - b.price`",
                        "devolva isso, como em `|a, b| a.price - b.price`",
                    ),
                )
                .into()),
            },
        }
    })
}

/// Sorts, keeping the order of equals. The standard library's sort may panic when a comparison
/// contradicts itself, which authors can write; this one then gives some order.
pub(super) fn merge_sort<T>(
    mut list: Vec<T>,
    compare: &mut dyn FnMut(&T, &T) -> Answer<Ordering>,
) -> Answer<Vec<T>> {
    if list.len() < 2 {
        return Ok(list);
    }
    let tail = list.split_off(list.len() / 2);
    let mut left = merge_sort(list, compare)?.into_iter().peekable();
    let mut right = merge_sort(tail, compare)?.into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b)? == Ordering::Greater {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn index_of(list: &Array, item: &Dynamic, start: INT) -> Answer<INT> {
    let start = usize::try_from(if start < 0 {
        start.saturating_add_unsigned(list.len() as u64).max(0)
    } else {
        start
    });
    let found = position(list, item, start.unwrap_or(usize::MAX))?;
    Ok(found
        .and_then(|index| INT::try_from(index).ok())
        .unwrap_or(-1))
}

fn position(list: &Array, item: &Dynamic, start: usize) -> Answer<Option<usize>> {
    for (index, candidate) in list.iter().enumerate().skip(start) {
        if equal(candidate, item)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn arrays_equal(a: &Array, b: &Array) -> Answer<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (left, right) in a.iter().zip(b) {
        if !equal(left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps_equal(a: &Map, b: &Map) -> Answer<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for ((left_name, left), (right_name, right)) in a.iter().zip(b) {
        if left_name != right_name || !equal(left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two values are the same; whole numbers and numbers compare by what they are worth.
pub(super) fn equal(a: &Dynamic, b: &Dynamic) -> Answer<bool> {
    charge(1)?;
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(match (a.0, b.0) {
            (Some(a), Some(b)) => a == b,
            _ => a.1 == b.1,
        });
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return Ok(*a == *b);
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        return arrays_equal(&a, &b);
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Map>(), b.read_lock::<Map>()) {
        return maps_equal(&a, &b);
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Ok(a == b);
    }
    if let (Ok(a), Ok(b)) = (a.as_char(), b.as_char()) {
        return Ok(a == b);
    }
    Ok(a.is_unit() && b.is_unit())
}

/// A number as a whole number, when it is one, and as what it is worth.
pub(super) fn number(value: &Dynamic) -> Option<(Option<INT>, f64)> {
    if let Ok(int) = value.as_int() {
        return Some((Some(int), int as f64));
    }
    value.as_float().ok().map(|float| (None, float))
}
