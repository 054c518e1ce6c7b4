//! What went wrong, in words an author can act on.

use rhai::{EvalAltResult, ParseError, Position};

use super::{
    budget::{SPENT_TICKS, SPENT_TIME},
    convert::type_words,
    faults,
    language::CLOSED_SYMBOLS,
    library::library,
};
use crate::phrase::Fault;

/// Why an expression did not compile or evaluate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// What is wrong and what to write instead.
    pub message: String,
    /// Line and column inside the expression, from 1; absent when unknown. For templates they
    /// count inside the whole string.
    pub position: Option<(usize, usize)>,
    /// For templates: the path of the string inside the value, such as `/variables/0`.
    pub path: String,
    /// Why it did not compile, in every language; absent when it did.
    fault: Option<Box<Fault>>,
}

impl ExprError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            position: None,
            path: String::new(),
            fault: None,
        }
    }

    /// Of a source that cannot be compiled.
    pub(super) fn of_fault(fault: Fault) -> Self {
        Self {
            fault: Some(Box::new(fault.clone())),
            ..Self::new(fault.to_string())
        }
    }

    /// Why it did not compile, in every language.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_deref()
    }

    pub(super) fn at(mut self, position: Position) -> Self {
        self.position = position
            .line()
            .map(|line| (line, position.position().unwrap_or(1)));
        self
    }

    /// Of a source that would not compile.
    pub(super) fn of_parse(error: &ParseError, source: &str) -> Self {
        Self::of_fault(faults::of_parse(&error.0, source)).at(error.1)
    }

    /// Of an evaluation that failed; `names` is what was in scope.
    pub(super) fn of_eval(error: &EvalAltResult, names: &[String]) -> Self {
        let mut innermost = error;
        let mut position = error.position();
        while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) = innermost
        {
            innermost = inner;
            if !innermost.position().is_none() {
                position = innermost.position();
            }
        }
        Self::new(eval_words(innermost, names)).at(position)
    }
}

fn unknown_variable(name: &str, names: &[String]) -> String {
    match name {
        "and" => "there is no variable `and`; write `&&`".to_owned(),
        "or" => "there is no variable `or`; write `||`".to_owned(),
        "null" | "nil" | "none" | "undefined" => {
            format!("there is no variable `{name}`; nothing is written `()`")
        }
        _ if library().iter().any(|doc| doc.name == name) => {
            format!("`{name}` is a function; call it with parentheses")
        }
        _ if names.is_empty() => {
            format!("there is no variable `{name}` here; text needs double quotes: \"{name}\"")
        }
        _ => format!(
            "there is no variable `{name}` here, only {}; text needs double quotes: \"{name}\"",
            names.join(", ")
        ),
    }
}

/// `name (type, type)` as Rhai writes a call that nothing answers.
fn split_signature(signature: &str) -> (&str, Vec<&str>) {
    let Some((name, rest)) = signature.split_once('(') else {
        return (signature.trim(), Vec::new());
    };
    let inside = rest.trim_end().strip_suffix(')').unwrap_or(rest);
    let args = inside
        .split(',')
        .map(str::trim)
        .filter(|arg| !arg.is_empty())
        .map(type_words)
        .collect();
    (name.trim(), args)
}

fn unknown_function(signature: &str) -> String {
    let (name, args) = split_signature(signature);
    let shown = args.join(", ");
    let symbolic = !name.chars().any(|c| c.is_alphanumeric() || c == '_');
    if symbolic || name == "in" || name == "contains" && args.first() == Some(&"nothing") {
        return match args.as_slice() {
            [one] => format!("`{name}` does not work on {one}; check the value before it"),
            args if args.contains(&"nothing") => format!(
                "one side of `{name}` is missing, it is `()`; guard it with `!= ()` or give a value with \
                 default(value, 0)"
            ),
            _ => format!(
                "`{name}` does not work between {}; convert one side, with to_int, to_float, to_text or parse_time",
                args.join(" and ")
            ),
        };
    }
    if CLOSED_SYMBOLS.contains(&name) {
        return format!("`{name}` is not available in expressions");
    }
    if let Some(doc) = library().iter().find(|doc| doc.name == name) {
        return format!(
            "`{name}` does not take ({shown}); write it like {}",
            doc.example
        );
    }
    let nearest = library()
        .iter()
        .map(|doc| (distance(name, doc.name), doc.name))
        .filter(|(away, _)| *away <= 2)
        .min();
    match nearest {
        Some((_, near)) => format!("there is no function `{name}`; did you mean `{near}`?"),
        None if args.first() == Some(&"nothing") => {
            format!(
                "`{name}` was called on nothing, `()`; guard the value with `!= ()` or default(value, ...)"
            )
        }
        None => {
            format!("there is no function `{name}` for ({shown}); look into the list of functions")
        }
    }
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn eval_words(error: &EvalAltResult, names: &[String]) -> String {
    match error {
        EvalAltResult::ErrorParsing(inner, _) => faults::of_parse(inner, "").to_string(),
        EvalAltResult::ErrorVariableNotFound(name, _) => unknown_variable(name, names),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => unknown_function(signature),
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            format!("there is no module `{name}`; expressions cannot load any")
        }
        EvalAltResult::ErrorMismatchDataType(wanted, found, _)
        | EvalAltResult::ErrorMismatchOutputType(wanted, found, _) => {
            let (wanted, found) = (type_words(wanted), type_words(found));
            let remedy = match (wanted, found) {
                ("true/false", _) => "compare it, as in `value != ()` or `value > 0`",
                (_, "nothing") => "guard it with `!= ()` or give a value with default(value, ...)",
                _ => "convert it first",
            };
            format!("here must be {wanted}, but it is {found}; {remedy}")
        }
        EvalAltResult::ErrorIndexingType(name, _) => {
            let name = name.split(['[', ' ']).next().unwrap_or(name);
            format!("a {} has no fields or elements; check the path before it", type_words(name))
        }
        EvalAltResult::ErrorDotExpr(text, _) => property_words(text),
        EvalAltResult::ErrorArrayBounds(length, index, _) => format!(
            "the list has no element {index}, only {length}, counted from 0; check list.len() first, or use \
             first(list) and last(list), which give () when there is none"
        ),
        EvalAltResult::ErrorStringBounds(length, index, _) => {
            format!("the text has no character {index}, only {length}; check its length first")
        }
        EvalAltResult::ErrorFor(_) => "`for` needs a list, a range or a text; check the value after `in`".to_owned(),
        EvalAltResult::ErrorNonPureMethodCallOnConstant(..) | EvalAltResult::ErrorAssignmentToConstant(..) => {
            "what comes from outside cannot be changed; copy it first, as in `let mine = event.items;`, and change \
             the copy"
                .to_owned()
        }
        EvalAltResult::ErrorDataRace(..) => {
            "a function inside the call uses the variable it is called on; copy what it needs first, as in \
             `let limit = mine.limit;`"
                .to_owned()
        }
        EvalAltResult::ErrorArithmetic(text, _) => {
            let text = text.trim_end_matches('.');
            format!("{text}; check the numbers, for a division by zero or a sum that is too large")
        }
        EvalAltResult::ErrorTooManyOperations(_) => spent_words(SPENT_TICKS),
        EvalAltResult::ErrorTerminated(what, _) => {
            spent_words(what.as_immutable_string_ref().map_or(SPENT_TICKS, |what| {
                if what.as_str() == SPENT_TIME { SPENT_TIME } else { SPENT_TICKS }
            }))
        }
        EvalAltResult::ErrorTooManyVariables(_) => "there are too many variables; use fewer, or a list".to_owned(),
        EvalAltResult::ErrorStackOverflow(_) => {
            "functions call each other too deeply; use a loop instead".to_owned()
        }
        EvalAltResult::ErrorDataTooLarge(what, _) => {
            format!("{what} is too large for an expression; work with fewer elements or a shorter text")
        }
        EvalAltResult::ErrorRuntime(value, _) => {
            value.as_immutable_string_ref().map_or_else(
                |_| {
                    super::convert::to_text(value)
                        .map_or_else(|_| "the script threw an error".to_owned(), |text| format!("the script threw {text}"))
                },
                |text| text.to_string(),
            )
        }
        other => other.to_string(),
    }
}

fn property_words(text: &str) -> String {
    let mut quoted = text.split('\'').skip(1).step_by(2);
    match (quoted.next(), quoted.next()) {
        (Some(property), Some(owner)) => format!(
            "a {} has no field `{property}`; check the path before it",
            type_words(owner)
        ),
        _ => format!("{text}; check the path before the dot"),
    }
}

fn spent_words(what: &str) -> String {
    if what == SPENT_TIME {
        "this takes too long; work with fewer elements, or do the heavy part elsewhere".to_owned()
    } else {
        "this needs too many operations; work with fewer elements, or use a script step, which may do more".to_owned()
    }
}
