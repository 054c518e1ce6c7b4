//! Why a text is no YAML or JSON, in every language. YAML's reader says it in English, for those who
//! know its grammar.

use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// What YAML's reader complains of, by a part of what it says.
const OF_YAML: &[(&str, Words, Words)] = &[
    ("tab", A_TAB, SPACES),
    (
        "quoted scalar, found unexpected end",
        OPEN_QUOTE,
        CLOSE_QUOTE,
    ),
    (
        "quoted scalar, found unexpected document",
        OPEN_QUOTE,
        CLOSE_QUOTE,
    ),
    ("unknown escape", BAD_ESCAPE, SINGLE_QUOTES),
    ("hexadecimal", BAD_ESCAPE, SINGLE_QUOTES),
    ("Unicode character escape", BAD_ESCAPE, SINGLE_QUOTES),
    (
        "trailing content after double-quoted",
        AFTER_QUOTE,
        ONE_QUOTE,
    ),
    ("flow mapping", OPEN_BRACE, CLOSE_BRACE),
    ("flow sequence", OPEN_BRACKET, CLOSE_BRACKET),
    ("mapping values are not allowed", STRAY_COLON, QUOTE_COLON),
    ("mapping keys are not allowed", STRAY_COLON, QUOTE_COLON),
    (
        "block sequence entries are not allowed",
        STRAY_DASH,
        OWN_LINE,
    ),
    ("expected '-' indicator", UNEVEN, ALIGN),
    ("did not find expected key", UNEVEN, ALIGN),
    ("ndent", UNEVEN, ALIGN),
    ("simple key expect", NO_COLON, ADD_COLON),
    ("unexpected character", STRAY_CHARACTER, QUOTE_IT),
    ("cannot start any token", STRAY_CHARACTER, QUOTE_IT),
    ("unprintable", UNPRINTABLE, RETYPE),
];

/// What YAML's reader means.
pub(super) fn of_yaml(said: &str) -> Fault {
    OF_YAML
        .iter()
        .find(|(part, ..)| said.contains(part))
        .map_or_else(
            || Fault::new(UNREADABLE, LOOK),
            |(_, what, remedy)| Fault::new(*what, *remedy),
        )
}

/// A text without anything in it.
pub(super) fn empty() -> Fault {
    Fault::new(EMPTY, BEGIN)
}

/// What JSON asks for at a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Json {
    End,
    More,
    Name,
    Colon,
    Comma,
    Bracket,
    Escape,
    Quote,
    Value,
}

pub(super) fn of_json(wanted: Json) -> Fault {
    match wanted {
        Json::End => Fault::new(AFTER_END, REMOVE_REST),
        Json::More => Fault::new(ENDS_EARLY, CLOSE_ALL),
        Json::Name => Fault::new(NO_NAME, QUOTE_NAME),
        Json::Colon => Fault::new(NO_COLON, ADD_COLON),
        Json::Comma => Fault::new(NO_COMMA, ADD_COMMA),
        Json::Bracket => Fault::new(OPEN_END, CLOSE_ALL),
        Json::Escape => Fault::new(BAD_ESCAPE, ESCAPE),
        Json::Quote => Fault::new(OPEN_QUOTE, CLOSE_QUOTE),
        Json::Value => Fault::new(NO_VALUE, QUOTE_IT),
    }
}

const A_TAB: Words = say!("hay un tabulador", "there is a tab", "há uma tabulação");
const SPACES: Words = say!(
    "usá espacios para la sangría",
    "indent with spaces",
    "use espaços para o recuo",
);
const OPEN_QUOTE: Words = say!(
    "un texto entre comillas no tiene cierre",
    "a text in quotes is not closed",
    "um texto entre aspas não tem fechamento",
);
const CLOSE_QUOTE: Words = say!(
    "agregá las comillas que faltan",
    "add the missing quote",
    "adicione as aspas que faltam",
);
const BAD_ESCAPE: Words = say!(
    "un texto entre comillas lleva una barra invertida que no significa nada",
    "a text in quotes holds a backslash that means nothing",
    "um texto entre aspas leva uma barra invertida que não significa nada",
);
const SINGLE_QUOTES: Words = say!(
    "usá comillas simples, o escribí la barra dos veces",
    "use single quotes, or write the backslash twice",
    "use aspas simples, ou escreva a barra duas vezes",
);
const ESCAPE: Words = say!(
    "escribí la barra dos veces, y un salto de línea como `\\n`",
    "write the backslash twice, and a line break as `\\n`",
    "escreva a barra duas vezes, e uma quebra de linha como `\\n`",
);
const AFTER_QUOTE: Words = say!(
    "algo sigue a un texto entre comillas",
    "something follows a text in quotes",
    "algo segue um texto entre aspas",
);
const ONE_QUOTE: Words = say!(
    "poné todo el valor entre comillas; las de adentro, dobles dentro de simples",
    "put the whole value in quotes; inside single quotes, double ones may stand",
    "coloque todo o valor entre aspas; as de dentro, duplas dentro de simples",
);
const OPEN_BRACE: Words = say!(
    "entre llaves falta una coma o `}`",
    "between braces a comma or `}` is missing",
    "entre chaves falta uma vírgula ou `}`",
);
const CLOSE_BRACE: Words = say!(
    "agregala; un valor con `${...}` va entre comillas, como `\"${event.total}\"`",
    "add it; a value with `${...}` goes in quotes, as in `\"${event.total}\"`",
    "adicione-a; um valor com `${...}` vai entre aspas, como `\"${event.total}\"`",
);
const OPEN_BRACKET: Words = say!(
    "entre corchetes falta una coma o `]`",
    "between square brackets a comma or `]` is missing",
    "entre colchetes falta uma vírgula ou `]`",
);
const CLOSE_BRACKET: Words = say!(
    "agregá lo que falta",
    "add what is missing",
    "adicione o que falta",
);
const STRAY_COLON: Words = say!(
    "hay un `:` de más, o la línea tiene otra sangría que las de arriba",
    "there is a `:` too many, or the line is not aligned with those above",
    "há um `:` a mais, ou a linha tem outro recuo que as de cima",
);
const QUOTE_COLON: Words = say!(
    "poné entre comillas el texto que lleva `:`, o alineá la línea",
    "put the text that holds `:` in quotes, or align the line",
    "coloque entre aspas o texto que leva `:`, ou alinhe a linha",
);
const STRAY_DASH: Words = say!(
    "un guion no puede estar aquí",
    "a dash cannot stand here",
    "um hífen não pode estar aqui",
);
const OWN_LINE: Words = say!(
    "empezá la lista en la línea siguiente, o poné el texto entre comillas",
    "begin the list on the next line, or put the text in quotes",
    "comece a lista na linha seguinte, ou coloque o texto entre aspas",
);
const UNEVEN: Words = say!(
    "la línea no está alineada con las de arriba",
    "the line is not aligned with those above",
    "a linha não está alinhada com as de cima",
);
const ALIGN: Words = say!(
    "dé a los campos de un mismo paso la misma sangría, y un `-` a cada elemento de una lista",
    "indent the fields of one step alike, and give each element of a list its `-`",
    "dê aos campos de um mesmo passo o mesmo recuo, e um `-` a cada elemento de uma lista",
);
const NO_COLON: Words = say!(
    "después de un nombre falta `:`",
    "after a name `:` is missing",
    "depois de um nome falta `:`",
);
const ADD_COLON: Words = say!(
    "escribí `nombre: valor`",
    "write `name: value`",
    "escreva `nome: valor`",
);
const STRAY_CHARACTER: Words = say!(
    "un valor no puede empezar con este signo",
    "a value cannot begin with this character",
    "um valor não pode começar com este sinal",
);
const QUOTE_IT: Words = say!(
    "poné el texto entre comillas dobles",
    "put the text in double quotes",
    "coloque o texto entre aspas duplas",
);
const UNPRINTABLE: Words = say!(
    "hay un signo invisible",
    "there is an invisible character",
    "há um sinal invisível",
);
const RETYPE: Words = say!(
    "borre la línea y escríbala de nuevo",
    "delete the line and type it again",
    "apague a linha e escreva-a de novo",
);
const UNREADABLE: Words = say!(
    "algo en este lugar no se puede leer",
    "something at this place cannot be read",
    "algo neste lugar não pode ser lido",
);
const LOOK: Words = say!(
    "revisá la sangría, las comillas y los dos puntos de esta línea",
    "look at the indentation, quotes and colons of this line",
    "verifique o recuo, as aspas e os dois-pontos desta linha",
);
const EMPTY: Words = say!("está vacío", "it is empty", "está vazio");
const BEGIN: Words = say!(
    "empezá con `operandi: 1`",
    "begin with `operandi: 1`",
    "comece com `operandi: 1`",
);
const AFTER_END: Words = say!(
    "algo sigue al final del documento",
    "something follows the end of the document",
    "algo segue o fim do documento",
);
const REMOVE_REST: Words = say!(
    "quitá lo que sobra",
    "leave out what follows",
    "retire o que sobra",
);
const ENDS_EARLY: Words = say!(
    "termina antes de tiempo",
    "it ends too soon",
    "termina antes do tempo",
);
const OPEN_END: Words = say!(
    "falta una llave o un corchete de cierre",
    "a closing bracket is missing",
    "falta uma chave ou um colchete de fechamento",
);
const CLOSE_ALL: Words = say!(
    "cerrá lo que está abierto, en orden",
    "close what is open, in order",
    "feche o que está aberto, em ordem",
);
const NO_NAME: Words = say!(
    "aquí va un nombre entre comillas dobles",
    "a name in double quotes must stand here",
    "aqui vai um nome entre aspas duplas",
);
const QUOTE_NAME: Words = say!(
    "escribilo como `\"nombre\": valor`, y no dejes una coma antes de `}`",
    "write it as `\"name\": value`, and leave no comma before `}`",
    "escreva-o como `\"nome\": valor`, e não deixe uma vírgula antes de `}`",
);
const NO_COMMA: Words = say!(
    "falta una coma o el cierre",
    "a comma or closing bracket is missing",
    "falta uma vírgula ou o fechamento",
);
const ADD_COMMA: Words = say!(
    "poné una coma entre dos elementos",
    "put a comma between two elements",
    "coloque uma vírgula entre dois elementos",
);
const NO_VALUE: Words = say!(
    "aquí va un valor",
    "a value must stand here",
    "aqui vai um valor"
);
