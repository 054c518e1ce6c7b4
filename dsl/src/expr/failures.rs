//! Why an evaluation failed, in every language.

use rhai::EvalAltResult;

use super::{
    budget::{SPENT_TICKS, SPENT_TIME},
    convert::{self, NOTHING, TRUE_OR_FALSE, type_of},
    faults,
    language::CLOSED_SYMBOLS,
    library::library,
};
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// What a failed evaluation means; `names` is what was in scope. `Err` is a sentence that came with it.
pub(super) fn of_eval(error: &EvalAltResult, names: &[String]) -> Result<Fault, String> {
    let fault = |what, remedy| Ok(Fault::new(what, remedy));
    match error {
        EvalAltResult::ErrorParsing(inner, _) => Ok(faults::of_parse(inner, "")),
        EvalAltResult::ErrorVariableNotFound(name, _) => Ok(unknown_variable(name, names)),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => Ok(unknown_function(signature)),
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            Ok(Fault::new(NO_MODULE, faults::USE_LIBRARY).with("name", name))
        }
        EvalAltResult::ErrorMismatchDataType(wanted, found, _)
        | EvalAltResult::ErrorMismatchOutputType(wanted, found, _) => {
            let (wanted, found) = (type_of(wanted), type_of(found));
            let remedy = match (wanted, found) {
                (TRUE_OR_FALSE, _) => COMPARE,
                (_, NOTHING) => GUARD,
                _ => CONVERT,
            };
            Ok(Fault::new(WRONG_TYPE, remedy)
                .with_words("wanted", wanted)
                .with_words("found", found))
        }
        EvalAltResult::ErrorIndexingType(name, _) => {
            let name = name.split(['[', ' ']).next().unwrap_or(name);
            Ok(Fault::new(NO_ELEMENTS, CHECK_PATH).with_words("type", type_of(name)))
        }
        EvalAltResult::ErrorDotExpr(text, _) => Ok(property(text)),
        EvalAltResult::ErrorArrayBounds(length, index, _) => Ok(Fault::new(NO_ELEMENT, CHECK_LIST)
            .with("index", index)
            .with("length", length)),
        EvalAltResult::ErrorStringBounds(length, index, _) => {
            Ok(Fault::new(NO_CHARACTER, CHECK_TEXT)
                .with("index", index)
                .with("length", length))
        }
        EvalAltResult::ErrorFor(_) => fault(NO_RANGE, CHECK_IN),
        EvalAltResult::ErrorNonPureMethodCallOnConstant(..)
        | EvalAltResult::ErrorAssignmentToConstant(..) => fault(FIXED, COPY_FIRST),
        EvalAltResult::ErrorDataRace(..) => fault(USES_ITSELF, COPY_NEEDED),
        EvalAltResult::ErrorArithmetic(text, _) => {
            Ok(Fault::new(ARITHMETIC, CHECK_NUMBERS).with("text", text.trim_end_matches('.')))
        }
        EvalAltResult::ErrorTooManyOperations(_) => Ok(spent(SPENT_TICKS)),
        EvalAltResult::ErrorTerminated(what, _) => Ok(spent(
            what.as_immutable_string_ref().map_or(SPENT_TICKS, |what| {
                if what.as_str() == SPENT_TIME {
                    SPENT_TIME
                } else {
                    SPENT_TICKS
                }
            }),
        )),
        EvalAltResult::ErrorTooManyVariables(_) => fault(MANY_VARIABLES, USE_FEWER),
        EvalAltResult::ErrorStackOverflow(_) => fault(DEEP_CALLS, USE_LOOP),
        EvalAltResult::ErrorDataTooLarge(what, _) => {
            Ok(Fault::new(TOO_LARGE, WORK_WITH_LESS).with("what", what))
        }
        EvalAltResult::ErrorRuntime(value, _) => match value.as_immutable_string_ref() {
            Ok(text) => Err(text.to_string()),
            Err(_) => Ok(
                match (value.read_lock::<Fault>(), convert::to_text(value)) {
                    (Some(fault), _) => fault.clone(),
                    (None, Ok(text)) => Fault::new(THREW, CHECK_SCRIPT).with("text", text),
                    (None, Err(_)) => Fault::new(THREW_SOMETHING, CHECK_SCRIPT),
                },
            ),
        },
        other => Err(other.to_string()),
    }
}

/// A condition that gave neither `true` nor `false`.
pub(super) fn no_answer(found: &str) -> Fault {
    Fault::new(NO_ANSWER, COMPARE).with_words("found", type_of(found))
}

fn unknown_variable(name: &str, names: &[String]) -> Fault {
    let instead = |how: &str| {
        Fault::new(NO_VARIABLE, faults::WRITE)
            .with("name", name)
            .with("word", name)
            .with("how", how)
    };
    match name {
        "and" => instead("&&"),
        "or" => instead("||"),
        "null" | "nil" | "none" | "undefined" => instead("()"),
        _ if library().iter().any(|doc| doc.name == name) => {
            Fault::new(faults::IS_FUNCTION, faults::CALL_IT).with("name", name)
        }
        _ if names.is_empty() => Fault::new(NO_VARIABLE_HERE, faults::QUOTE_IT).with("name", name),
        _ => Fault::new(OTHER_VARIABLES, faults::QUOTE_IT)
            .with("name", name)
            .with("names", names.join(", ")),
    }
}

/// `name (type, type)` as Rhai writes a call that nothing answers.
fn split_signature(signature: &str) -> (&str, Vec<Words>) {
    let Some((name, rest)) = signature.split_once('(') else {
        return (signature.trim(), Vec::new());
    };
    let inside = rest.trim_end().strip_suffix(')').unwrap_or(rest);
    let args = inside
        .split(',')
        .map(str::trim)
        .filter(|arg| !arg.is_empty());
    (name.trim(), args.map(type_of).collect())
}

fn unknown_function(signature: &str) -> Fault {
    let (name, args) = split_signature(signature);
    let of = |what, remedy| Fault::new(what, remedy).with("name", name);
    let symbolic = !name.chars().any(|c| c.is_alphanumeric() || c == '_');
    if symbolic || name == "in" || name == "contains" && args.first() == Some(&NOTHING) {
        return match args.as_slice() {
            [one] => of(NOT_ON, CHECK_BEFORE).with_words("type", *one),
            args if args.contains(&NOTHING) => of(SIDE_MISSING, GUARD),
            [one, other] => of(NOT_BETWEEN, CONVERT_SIDE)
                .with_words("one", *one)
                .with_words("other", *other),
            _ => of(NO_FUNCTION, CHECK_BEFORE),
        };
    }
    if CLOSED_SYMBOLS.contains(&name) {
        return Fault::new(faults::CLOSED, faults::USE_LIBRARY).with("word", name);
    }
    if let Some(doc) = library().iter().find(|doc| doc.name == name) {
        let mut fault = of(WRONG_ARGUMENTS, WRITE_LIKE).with("example", doc.example);
        fault.what = fault.what.with_list("types", &args);
        return fault;
    }
    let nearest = library()
        .iter()
        .map(|doc| (distance(name, doc.name), doc.name))
        .filter(|(away, _)| *away <= 2)
        .min();
    match nearest {
        Some((_, near)) => of(NO_FUNCTION, DID_YOU_MEAN).with("near", near),
        None if args.first() == Some(&NOTHING) => of(CALLED_ON_NOTHING, GUARD),
        None => {
            let mut fault = of(NO_FUNCTION_FOR, SEE_LIST);
            fault.what = fault.what.with_list("types", &args);
            fault
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

fn property(text: &str) -> Fault {
    let mut quoted = text.split('\'').skip(1).step_by(2);
    match (quoted.next(), quoted.next()) {
        (Some(property), Some(owner)) => Fault::new(NO_FIELD, CHECK_PATH)
            .with("field", property)
            .with_words("type", type_of(owner)),
        _ => Fault::new(NO_SUCH_FIELD, CHECK_PATH).with("text", text),
    }
}

fn spent(what: &str) -> Fault {
    if what == SPENT_TIME {
        Fault::new(TOO_LONG, DO_ELSEWHERE)
    } else {
        Fault::new(TOO_MUCH, USE_SCRIPT)
    }
}

const NO_MODULE: Words = say!(
    "no hay un módulo `{name}`: las expresiones no cargan ninguno",
    "there is no module `{name}`: expressions cannot load any",
    "não há um módulo `{name}`: as expressões não carregam nenhum",
);
const WRONG_TYPE: Words = say!(
    "acá va {wanted}, pero es {found}",
    "here must be {wanted}, but it is {found}",
    "aqui vai {wanted}, mas é {found}",
);
const COMPARE: Words = say!(
    "comparalo, como en `value != ()` o `value > 0`",
    "compare it, as in `value != ()` or `value > 0`",
    "compare-o, como em `value != ()` ou `value > 0`",
);
const GUARD: Words = say!(
    "comprobalo con `!= ()` o dale un valor con default(value, 0)",
    "guard it with `!= ()` or give a value with default(value, 0)",
    "verifique-o com `!= ()` ou dê um valor com default(value, 0)",
);
const CONVERT: Words = say!("convertilo antes", "convert it first", "converta-o antes");
const NO_ELEMENTS: Words = say!(
    "{type} no tiene campos ni elementos",
    "a {type} has no fields or elements",
    "{type} não tem campos nem elementos",
);
const NO_SUCH_FIELD: Words = say!(
    "no se puede leer un campo ({text})",
    "a field cannot be read ({text})",
    "um campo não pode ser lido ({text})",
);
const CHECK_PATH: Words = say!(
    "revisá el camino hasta ahí",
    "check the path before it",
    "verifique o caminho até ali",
);
const NO_ELEMENT: Words = say!(
    "la lista no tiene un elemento {index}: tiene {length}, contados desde 0",
    "the list has no element {index}, only {length}, counted from 0",
    "a lista não tem um elemento {index}: tem {length}, contados a partir de 0",
);
const CHECK_LIST: Words = say!(
    "mirá antes list.len(), o usá first(list) y last(list), que dan () cuando no hay ninguno",
    "check list.len() first, or use first(list) and last(list), which give () when there is none",
    "verifique antes list.len(), ou use first(list) e last(list), que dão () quando não há nenhum",
);
const NO_CHARACTER: Words = say!(
    "el texto no tiene un carácter {index}: tiene {length}",
    "the text has no character {index}, only {length}",
    "o texto não tem um caractere {index}: tem {length}",
);
const CHECK_TEXT: Words = say!(
    "revisá antes su longitud",
    "check its length first",
    "verifique antes o seu comprimento",
);
const NO_RANGE: Words = say!(
    "`for` necesita una lista, un rango o un texto",
    "`for` needs a list, a range or a text",
    "`for` precisa de uma lista, um intervalo ou um texto",
);
const CHECK_IN: Words = say!(
    "revisá el valor después de `in`",
    "check the value after `in`",
    "verifique o valor depois de `in`",
);
const FIXED: Words = say!(
    "lo que viene de afuera no se puede cambiar",
    "what comes from outside cannot be changed",
    "o que vem de fora não pode ser alterado",
);
const COPY_FIRST: Words = say!(
    "copialo antes, como en `let mine = event.items;`, y cambiá la copia",
    "copy it first, as in `let mine = event.items;`, and change the copy",
    "copie-o antes, como em `let mine = event.items;`, e altere a cópia",
);
const USES_ITSELF: Words = say!(
    "una función dentro de la llamada usa la variable sobre la que se llama",
    "a function inside the call uses the variable it is called on",
    "uma função dentro da chamada usa a variável sobre a qual é chamada",
);
const COPY_NEEDED: Words = say!(
    "copiá antes lo que necesitás, como en `let limit = mine.limit;`",
    "copy what it needs first, as in `let limit = mine.limit;`",
    "copie antes o que precisa, como em `let limit = mine.limit;`",
);
const ARITHMETIC: Words = say!(
    "la cuenta no se puede hacer ({text})",
    "{text}",
    "a conta não pode ser feita ({text})"
);
const CHECK_NUMBERS: Words = say!(
    "revisá los números: una división por cero o una suma demasiado grande",
    "check the numbers, for a division by zero or a sum that is too large",
    "verifique os números: uma divisão por zero ou uma soma grande demais",
);
const MANY_VARIABLES: Words = say!(
    "hay demasiadas variables",
    "there are too many variables",
    "há variáveis demais",
);
const USE_FEWER: Words = say!(
    "usá menos, o una lista",
    "use fewer, or a list",
    "use menos, ou uma lista",
);
const DEEP_CALLS: Words = say!(
    "las funciones se llaman unas a otras demasiadas veces",
    "functions call each other too deeply",
    "as funções se chamam umas às outras vezes demais",
);
const USE_LOOP: Words = say!("usá un bucle", "use a loop instead", "use um laço",);
const TOO_LARGE: Words = say!(
    "el resultado es demasiado grande para una expresión ({what})",
    "{what} is too large for an expression",
    "o resultado é grande demais para uma expressão ({what})",
);
const WORK_WITH_LESS: Words = say!(
    "trabajá con menos elementos o un texto más corto",
    "work with fewer elements or a shorter text",
    "trabalhe com menos elementos ou um texto mais curto",
);
const THREW: Words = say!(
    "el script se detuvo con {text}",
    "the script threw {text}",
    "o script parou com {text}",
);
const THREW_SOMETHING: Words = say!(
    "el script se detuvo con un error",
    "the script threw an error",
    "o script parou com um erro",
);
const CHECK_SCRIPT: Words = say!(
    "revisá dónde el script lanza el error",
    "look where the script throws it",
    "veja onde o script lança o erro",
);
const NO_ANSWER: Words = say!(
    "una condición debe dar verdadero o falso, y esta da {found}",
    "a condition must give true or false, and this gives {found}",
    "uma condição deve dar verdadeiro ou falso, e esta dá {found}",
);
const NO_VARIABLE: Words = say!(
    "no hay una variable `{name}`",
    "there is no variable `{name}`",
    "não há uma variável `{name}`",
);
const NO_VARIABLE_HERE: Words = say!(
    "acá no hay una variable `{name}`",
    "there is no variable `{name}` here",
    "aqui não há uma variável `{name}`",
);
const OTHER_VARIABLES: Words = say!(
    "acá no hay una variable `{name}`, solo {names}",
    "there is no variable `{name}` here, only {names}",
    "aqui não há uma variável `{name}`, só {names}",
);
const NOT_ON: Words = say!(
    "`{name}` no sirve con {type}",
    "`{name}` does not work on {type}",
    "`{name}` não funciona com {type}",
);
const CHECK_BEFORE: Words = say!(
    "revisá el valor que está antes",
    "check the value before it",
    "verifique o valor que vem antes",
);
const SIDE_MISSING: Words = say!(
    "falta un lado de `{name}`: es `()`",
    "one side of `{name}` is missing, it is `()`",
    "falta um lado de `{name}`: é `()`",
);
const NOT_BETWEEN: Words = say!(
    "`{name}` no sirve entre {one} y {other}",
    "`{name}` does not work between {one} and {other}",
    "`{name}` não funciona entre {one} e {other}",
);
const CONVERT_SIDE: Words = say!(
    "convertí un lado, con to_int, to_float, to_text o parse_time",
    "convert one side, with to_int, to_float, to_text or parse_time",
    "converta um lado, com to_int, to_float, to_text ou parse_time",
);
const WRONG_ARGUMENTS: Words = say!(
    "`{name}` no recibe ({types})",
    "`{name}` does not take ({types})",
    "`{name}` não recebe ({types})",
);
const WRITE_LIKE: Words = say!(
    "escribilo como {example}",
    "write it like {example}",
    "escreva-o como {example}",
);
const NO_FUNCTION: Words = say!(
    "no hay una función `{name}`",
    "there is no function `{name}`",
    "não há uma função `{name}`",
);
const DID_YOU_MEAN: Words = say!(
    "¿quisiste decir `{near}`?",
    "did you mean `{near}`?",
    "você quis dizer `{near}`?",
);
const CALLED_ON_NOTHING: Words = say!(
    "`{name}` se llamó sobre nada, `()`",
    "`{name}` was called on nothing, `()`",
    "`{name}` foi chamada sobre nada, `()`",
);
const NO_FUNCTION_FOR: Words = say!(
    "no hay una función `{name}` para ({types})",
    "there is no function `{name}` for ({types})",
    "não há uma função `{name}` para ({types})",
);
const SEE_LIST: Words = say!(
    "mirá la lista de funciones",
    "look into the list of functions",
    "veja a lista de funções",
);
const NO_FIELD: Words = say!(
    "{type} no tiene un campo `{field}`",
    "a {type} has no field `{field}`",
    "{type} não tem um campo `{field}`",
);
const TOO_LONG: Words = say!(
    "esto tarda demasiado",
    "this takes too long",
    "isto demora demais",
);
const DO_ELSEWHERE: Words = say!(
    "trabajá con menos elementos, o hacé lo pesado en otro lugar",
    "work with fewer elements, or do the heavy part elsewhere",
    "trabalhe com menos elementos, ou faça o pesado em outro lugar",
);
const TOO_MUCH: Words = say!(
    "esto necesita demasiadas operaciones",
    "this needs too many operations",
    "isto precisa de operações demais",
);
const USE_SCRIPT: Words = say!(
    "trabajá con menos elementos; un paso de script puede hacer más que una expresión",
    "work with fewer elements; a script step may do more than an expression",
    "trabalhe com menos elementos; um passo de script pode fazer mais que uma expressão",
);
