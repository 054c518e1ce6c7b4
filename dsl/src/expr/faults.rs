//! Why a source does not compile, in every language. Rhai says it in English, for programmers.

use rhai::{LexError, ParseErrorType};

use super::{language::CLOSED_SYMBOLS, library::library};
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// What a parse error in a source means.
pub(super) fn of_parse(error: &ParseErrorType, source: &str) -> Fault {
    match error {
        ParseErrorType::UnexpectedEOF => Fault::new(ENDS_EARLY, COMPLETE),
        ParseErrorType::BadInput(inner) => of_token(inner, source),
        ParseErrorType::UnknownOperator(operator) => unknown_operator(operator),
        ParseErrorType::Reserved(word) => of_word(word),
        ParseErrorType::MissingToken(token, _) => {
            Fault::new(MISSING_TOKEN, ADD_TOKEN).with("token", token)
        }
        ParseErrorType::PropertyExpected => Fault::new(NO_PROPERTY, WRITE_PROPERTY),
        ParseErrorType::VariableExpected => Fault::new(NO_VARIABLE, WRITE_NAME),
        ParseErrorType::ForbiddenVariable(name) => of_word(name),
        ParseErrorType::VariableUndefined(name) | ParseErrorType::ModuleUndefined(name) => {
            unknown_variable(name)
        }
        ParseErrorType::ExprExpected(_) => Fault::new(NO_VALUE, COMPLETE_IT),
        ParseErrorType::MalformedIndexExpr(_) => Fault::new(BAD_INDEX, INDICES_ARE),
        ParseErrorType::MismatchedType(..) => Fault::new(WRONG_KIND, COMPARE),
        ParseErrorType::DuplicatedProperty(name)
        | ParseErrorType::DuplicatedVariable(name)
        | ParseErrorType::VariableExists(name)
        | ParseErrorType::FnDuplicatedDefinition(name, _)
        | ParseErrorType::FnDuplicatedParam(_, name) => {
            Fault::new(TWICE, RENAME).with("name", name)
        }
        ParseErrorType::AssignmentToConstant(_) | ParseErrorType::AssignmentToInvalidLHS(_) => {
            Fault::new(NOT_ASSIGNABLE, COMPARE_OR_COPY)
        }
        ParseErrorType::FnMissingName
        | ParseErrorType::FnMissingParams(_)
        | ParseErrorType::FnMissingBody(_) => Fault::new(BAD_FUNCTION, FUNCTIONS_ARE),
        ParseErrorType::WrongFnDefinition => Fault::new(INNER_FUNCTION, FUNCTION_OUTSIDE),
        ParseErrorType::LoopBreak => Fault::new(BREAK_OUTSIDE, BREAK_INSIDE),
        ParseErrorType::WrongSwitchIntegerCase
        | ParseErrorType::WrongSwitchDefaultCase
        | ParseErrorType::WrongSwitchCaseCondition => Fault::new(BAD_SWITCH, SWITCHES_ARE),
        ParseErrorType::ExprTooDeep => Fault::new(TOO_DEEP, SPLIT),
        ParseErrorType::TooManyFunctions => Fault::new(TOO_MANY_FUNCTIONS, REMOVE_SOME),
        ParseErrorType::LiteralTooLarge(_, max) => Fault::new(TOO_LARGE, SHORTER).with("max", max),
        _ => Fault::new(UNCLEAR, LOOK_AGAIN),
    }
}

fn of_token(error: &LexError, source: &str) -> Fault {
    match error {
        LexError::UnexpectedInput(text) => match symbol_in(text) {
            // In Spanish and Portuguese, too.
            "and" | "y" | "e" | "or" | "o" | "u" | "ou" | "not" | "=" | "=>" | "===" | "!==" => {
                of_word(symbol_in(text))
            }
            ">" if source.contains("<>") => of_word("<>"),
            _ => Fault::new(UNEXPECTED, LOOK_HERE).with("text", text),
        },
        LexError::UnterminatedString => Fault::new(OPEN_TEXT, CLOSE_TEXT),
        LexError::MalformedChar(_) => Fault::new(SINGLE_QUOTES, DOUBLE_QUOTES),
        LexError::MalformedNumber(text) => Fault::new(BAD_NUMBER, NUMBERS_ARE).with("text", text),
        LexError::MalformedEscapeSequence(text) => {
            Fault::new(BAD_ESCAPE, ESCAPES_ARE).with("text", text)
        }
        LexError::StringTooLong(max) => Fault::new(TOO_LARGE, SHORTER).with("max", max),
        LexError::ImproperSymbol(symbol, _) => of_word(symbol),
        LexError::MalformedIdentifier(name) => Fault::new(BAD_NAME, NAMES_ARE).with("name", name),
        _ => Fault::new(UNCLEAR, LOOK_AGAIN),
    }
}

/// The token itself: one that is wrong by itself is shown as a sentence about it, `'===' is not ...`.
fn symbol_in(shown: &str) -> &str {
    let about = shown
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''));
    match about {
        Some((symbol, _)) if !symbol.is_empty() => symbol,
        _ => shown,
    }
}

/// A word or symbol that means nothing, or something else.
fn of_word(word: &str) -> Fault {
    let written = |how: &str| {
        Fault::new(WRITTEN, WRITE)
            .with("word", word)
            .with("how", how)
    };
    match word {
        "=" => Fault::new(ASSIGNS, COMPARE_EQUAL),
        "null" | "nil" | "undefined" | "None" | "none" => written("()"),
        "and" | "y" | "e" | "&&&" => written("&&"),
        "or" | "o" | "u" | "ou" => written("||"),
        "not" => written("!"),
        "===" => written("=="),
        "!==" | "<>" => written("!="),
        "=>" => written(">="),
        _ if CLOSED_SYMBOLS.contains(&word) => Fault::new(CLOSED, USE_LIBRARY).with("word", word),
        _ if word.chars().any(char::is_alphanumeric) => Fault::new(RESERVED, RENAME)
            .with("word", word)
            .with("name", word),
        _ => unknown_operator(word),
    }
}

fn unknown_operator(operator: &str) -> Fault {
    Fault::new(NO_OPERATOR, OPERATORS_ARE).with("word", operator)
}

/// A name that nothing in sight has.
fn unknown_variable(name: &str) -> Fault {
    if library().iter().any(|doc| doc.name == name) {
        return Fault::new(IS_FUNCTION, CALL_IT).with("name", name);
    }
    Fault::new(NO_SUCH_NAME, QUOTE_IT).with("name", name)
}

/// A source without an expression.
pub(super) fn empty() -> Fault {
    Fault::new(EMPTY, WRITE_ONE)
}

/// A source that is too long.
pub(super) fn too_long(bytes: usize, max: usize) -> Fault {
    Fault::new(TOO_LONG, SPLIT_STEPS)
        .with("bytes", bytes)
        .with("max", max)
}

/// A `${` without its `}`.
pub(super) fn not_closed() -> Fault {
    Fault::new(NOT_CLOSED, CLOSE)
}

/// A source that the evaluator itself broke on.
pub(super) fn broken() -> Fault {
    Fault::new(BROKEN, SIMPLER)
}

const ENDS_EARLY: Words = say!(
    "termina antes de tiempo",
    "it ends too early",
    "termina antes do tempo",
);
const COMPLETE: Words = say!(
    "completala, o cerrá el paréntesis, el corchete o las comillas",
    "complete it, or close the open bracket or quote",
    "complete-a, ou feche o parêntese, o colchete ou as aspas",
);
const MISSING_TOKEN: Words = say!("falta `{token}`", "`{token}` is missing", "falta `{token}`",);
const ADD_TOKEN: Words = say!(
    "agregá `{token}`, y revisá que cada paréntesis, corchete y comilla tenga su par",
    "add `{token}`, and see that each bracket and quote has its partner",
    "adicione `{token}`, e verifique que cada parêntese, colchete e aspas tenha seu par",
);
const NO_PROPERTY: Words = say!(
    "después del punto falta el nombre de un campo",
    "after the dot the name of a field is missing",
    "depois do ponto falta o nome de um campo",
);
const WRITE_PROPERTY: Words = say!(
    "escribilo, como en `event.total`; un nombre con espacios o guiones va así: `event[\"el nombre\"]`",
    "write it, as in `event.total`; a name with spaces or hyphens goes like this: `event[\"the name\"]`",
    "escreva-o, como em `event.total`; um nome com espaços ou hifens vai assim: `event[\"o nome\"]`",
);
const NO_VARIABLE: Words = say!(
    "falta el nombre de una variable",
    "the name of a variable is missing",
    "falta o nome de uma variável",
);
const WRITE_NAME: Words = say!(
    "escribilo, como en `let total = 0;`",
    "write it, as in `let total = 0;`",
    "escreva-o, como em `let total = 0;`",
);
const NO_VALUE: Words = say!("falta un valor", "a value is missing", "falta um valor",);
const COMPLETE_IT: Words = say!(
    "complete la expresión en este lugar",
    "complete the expression at this place",
    "complete a expressão neste lugar",
);
const BAD_INDEX: Words = say!(
    "lo que hay entre corchetes no sirve",
    "what stands in square brackets will not do",
    "o que há entre colchetes não serve",
);
const INDICES_ARE: Words = say!(
    "una lista lleva un número desde 0, como `event.items[0]`, y un mapa un texto, como `event[\"total\"]`",
    "a list takes a number from 0, as in `event.items[0]`, and a map a text, as in `event[\"total\"]`",
    "uma lista leva um número a partir de 0, como `event.items[0]`, e um mapa um texto, como `event[\"total\"]`",
);
const WRONG_KIND: Words = say!(
    "aquí va un valor de otro tipo",
    "this must be another kind of value",
    "aqui vai um valor de outro tipo",
);
const COMPARE: Words = say!(
    "para una condición compará, como en `event.total > 0`",
    "for a condition compare, as in `event.total > 0`",
    "para uma condição compare, como em `event.total > 0`",
);
const TWICE: Words = say!(
    "el nombre `{name}` aparece dos veces",
    "the name `{name}` stands twice",
    "o nome `{name}` aparece duas vezes",
);
const RENAME: Words = say!("usá otro nombre", "choose another name", "use outro nome");
const NOT_ASSIGNABLE: Words = say!(
    "a esto no se le puede dar un valor",
    "this cannot be given a value",
    "a isto não se pode dar um valor",
);
const COMPARE_OR_COPY: Words = say!(
    "para comparar usá `==`; para cambiar algo, copialo antes, como en `let mine = event.total;`",
    "use `==` to compare; to change something, copy it first, as in `let mine = event.total;`",
    "para comparar use `==`; para mudar algo, copie antes, como em `let mine = event.total;`",
);
const BAD_FUNCTION: Words = say!(
    "la función está incompleta",
    "the function is incomplete",
    "a função está incompleta",
);
const FUNCTIONS_ARE: Words = say!(
    "se escribe así: `fn doble(n) { n * 2 }`, o `|n| n * 2` dentro de una llamada",
    "it is written like this: `fn twice(n) { n * 2 }`, or `|n| n * 2` inside a call",
    "escreve-se assim: `fn dobro(n) { n * 2 }`, ou `|n| n * 2` dentro de uma chamada",
);
const INNER_FUNCTION: Words = say!(
    "una función no puede estar dentro de otra ni de un bloque",
    "a function cannot stand inside another or inside a block",
    "uma função não pode estar dentro de outra nem de um bloco",
);
const FUNCTION_OUTSIDE: Words = say!(
    "llevala al principio del `script`, o usá `|n| n * 2`",
    "move it to the beginning of the `script`, or use `|n| n * 2`",
    "leve-a ao começo do `script`, ou use `|n| n * 2`",
);
const BREAK_OUTSIDE: Words = say!(
    "`break` y `continue` solo valen dentro de un bucle",
    "`break` and `continue` belong inside a loop",
    "`break` e `continue` só valem dentro de um laço",
);
const BREAK_INSIDE: Words = say!(
    "quitalo, o usá `return` para terminar",
    "leave it out, or use `return` to end",
    "retire-o, ou use `return` para terminar",
);
const BAD_SWITCH: Words = say!(
    "los casos de `switch` están en mal orden",
    "the cases of `switch` are in the wrong order",
    "os casos de `switch` estão em ordem errada",
);
const SWITCHES_ARE: Words = say!(
    "poné los números antes de los tramos, y `_` al final sin condición",
    "put numbers before ranges, and `_` last and without a condition",
    "coloque os números antes dos intervalos, e `_` no fim sem condição",
);
const TOO_DEEP: Words = say!(
    "tiene demasiados niveles",
    "it is nested too deeply",
    "tem níveis demais",
);
const SPLIT: Words = say!(
    "repártala en un `script` con variables `let`",
    "split it into a script with `let` variables",
    "divida-a em um `script` com variáveis `let`",
);
const TOO_MANY_FUNCTIONS: Words = say!(
    "hay demasiadas funciones",
    "there are too many functions",
    "há funções demais",
);
const REMOVE_SOME: Words = say!("quitá algunas", "remove some", "retire algumas");
const TOO_LARGE: Words = say!(
    "un texto, una lista o un mapa escrito aquí pasa de {max}",
    "a text, list or map written here is larger than {max}",
    "um texto, uma lista ou um mapa escrito aqui passa de {max}",
);
const SHORTER: Words = say!("acortalo", "make it shorter", "encurte-o");
const UNCLEAR: Words = say!(
    "algo en este lugar no es parte de una expresión",
    "something at this place is no part of an expression",
    "algo neste lugar não é parte de uma expressão",
);
const LOOK_AGAIN: Words = say!(
    "revisá paréntesis, comas y operadores",
    "check the brackets, commas and operators here",
    "verifique parênteses, vírgulas e operadores",
);
const ASSIGNS: Words = say!("`=` no compara", "`=` does not compare", "`=` não compara",);
const COMPARE_EQUAL: Words = say!(
    "usá `==` para comparar, como en `event.status == \"paid\"`",
    "use `==` to compare, as in `event.status == \"paid\"`",
    "use `==` para comparar, como em `event.status == \"paid\"`",
);
const UNEXPECTED: Words = say!(
    "`{text}` está de más, o le falta algo antes",
    "`{text}` is out of place, or something is missing before it",
    "`{text}` está a mais, ou falta algo antes",
);
const LOOK_HERE: Words = say!(
    "revisá este lugar; los textos llevan comillas dobles, y las condiciones se unen con `&&` y `||`",
    "look at this place; texts take double quotes, and conditions are joined by `&&` and `||`",
    "verifique este lugar; os textos levam aspas duplas, e as condições se unem com `&&` e `||`",
);
const OPEN_TEXT: Words = say!(
    "un texto no tiene comillas de cierre",
    "a text has no closing quote",
    "um texto não tem aspas de fechamento",
);
const CLOSE_TEXT: Words = say!(
    "cerrá el texto con comillas dobles",
    "close the text with a double quote",
    "feche o texto com aspas duplas",
);
const SINGLE_QUOTES: Words = say!(
    "las comillas simples no encierran textos",
    "single quotes do not hold texts",
    "as aspas simples não contêm textos",
);
const DOUBLE_QUOTES: Words = say!(
    "usá comillas dobles: `\"texto\"`",
    "use double quotes: `\"text\"`",
    "use aspas duplas: `\"texto\"`",
);
const BAD_NUMBER: Words = say!(
    "`{text}` no es un número",
    "`{text}` is not a number",
    "`{text}` não é um número",
);
const NUMBERS_ARE: Words = say!(
    "escribilo con punto decimal y sin separar los miles, como `1500.50`",
    "write it with a decimal point and without thousands separators, as `1500.50`",
    "escreva-o com ponto decimal e sem separar os milhares, como `1500.50`",
);
const BAD_ESCAPE: Words = say!(
    "`{text}` no significa nada dentro de un texto",
    "`{text}` means nothing inside a text",
    "`{text}` não significa nada dentro de um texto",
);
const ESCAPES_ARE: Words = say!(
    "una barra invertida se escribe doble: `\\\\`",
    "a backslash is written twice: `\\\\`",
    "uma barra invertida se escreve dupla: `\\\\`",
);
const BAD_NAME: Words = say!(
    "`{name}` no sirve como nombre",
    "`{name}` will not do as a name",
    "`{name}` não serve como nome",
);
const NAMES_ARE: Words = say!(
    "usá letras, números y `_`, empezando con una letra",
    "use letters, digits and `_`, beginning with a letter",
    "use letras, números e `_`, começando com uma letra",
);
const WRITTEN: Words = say!(
    "`{word}` no existe en las expresiones",
    "there is no `{word}` in expressions",
    "`{word}` não existe em expressões",
);
pub(super) const WRITE: Words = say!(
    "escribí `{how}` en lugar de `{word}`",
    "write `{how}` for `{word}`",
    "escreva `{how}` em vez de `{word}`",
);
pub(super) const CLOSED: Words = say!(
    "`{word}` no se puede usar en expresiones",
    "`{word}` is not available in expressions",
    "`{word}` não pode ser usado em expressões",
);
pub(super) const USE_LIBRARY: Words = say!(
    "usá las funciones de la biblioteca",
    "use the functions of the library instead",
    "use as funções da biblioteca",
);
const RESERVED: Words = say!(
    "`{word}` es una palabra reservada",
    "`{word}` is a reserved word",
    "`{word}` é uma palavra reservada",
);
const NO_OPERATOR: Words = say!(
    "el operador `{word}` no existe",
    "there is no operator `{word}`",
    "o operador `{word}` não existe",
);
const OPERATORS_ARE: Words = say!(
    "para comparar hay `==`, `!=`, `<`, `<=`, `>` y `>=`; para unir condiciones, `&&` y `||`",
    "to compare there are `==`, `!=`, `<`, `<=`, `>` and `>=`; to join conditions, `&&` and `||`",
    "para comparar há `==`, `!=`, `<`, `<=`, `>` e `>=`; para unir condições, `&&` e `||`",
);
pub(super) const IS_FUNCTION: Words = say!(
    "`{name}` es una función",
    "`{name}` is a function",
    "`{name}` é uma função",
);
pub(super) const CALL_IT: Words = say!(
    "llamala con paréntesis",
    "call it with parentheses",
    "chame-a com parênteses",
);
const NO_SUCH_NAME: Words = say!(
    "no existe `{name}`",
    "there is no `{name}` here",
    "não existe `{name}`",
);
pub(super) const QUOTE_IT: Words = say!(
    "si es un texto, va entre comillas dobles: `\"{name}\"`",
    "if it is a text, it takes double quotes: `\"{name}\"`",
    "se é um texto, vai entre aspas duplas: `\"{name}\"`",
);
const EMPTY: Words = say!("está vacía", "it is empty", "está vazia",);
const WRITE_ONE: Words = say!(
    "escribí una, o quitá el campo",
    "write one, or leave the field out",
    "escreva uma, ou retire o campo",
);
const TOO_LONG: Words = say!(
    "el texto tiene {bytes} bytes y se admiten {max}",
    "the source has {bytes} bytes and {max} are allowed",
    "o texto tem {bytes} bytes e são permitidos {max}",
);
const SPLIT_STEPS: Words = say!(
    "repártalo en varios pasos",
    "split it into several steps",
    "divida-o em vários passos",
);
const NOT_CLOSED: Words = say!(
    "a `${` le falta el cierre",
    "`${` is not closed",
    "falta fechar `${`",
);
const CLOSE: Words = say!(
    "agregá `}` después de la expresión, o escribí `$${` si querés esos caracteres",
    "add `}` after the expression, or write `$${` for the characters themselves",
    "adicione `}` depois da expressão, ou escreva `$${` se quer esses caracteres",
);
const BROKEN: Words = say!(
    "el evaluador falló con esto",
    "the evaluator failed on this",
    "o avaliador falhou com isto",
);
const SIMPLER: Words = say!(
    "escribilo de una manera más simple y avisanos",
    "write it in a simpler way and report it",
    "escreva-o de uma maneira mais simples e avise-nos",
);
