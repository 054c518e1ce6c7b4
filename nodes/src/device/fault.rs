//! What can be wrong with a device as somebody describes it: one field, one problem, one remedy.

use operandi_dsl::phrase::{Phrase, say};

/// Something wrong with one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where, such as `profile.metrics[2].every`.
    pub path: String,
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    Empty,
    TooLong {
        bytes_max: usize,
    },
    /// Not a word as devices say it.
    NoWord {
        bytes_max: usize,
    },
    TooMany {
        max: usize,
    },
    /// The name stands twice.
    Twice {
        name: String,
    },
    Range {
        min: f64,
        max: f64,
    },
    /// Not a finite number that sums stay finite with.
    NoNumber,
    /// The most is not above the least.
    NoRoom,
    /// A scale of zero tells nothing.
    Zero,
    /// It holds what parts tags in a spreadsheet.
    Separator,
    /// The device has no such actuator.
    Unknown {
        known: Vec<String>,
    },
    /// Neither true, false, a number nor a text.
    NoSetting,
}

impl Fault {
    pub(super) fn new(path: impl Into<String>, problem: Problem) -> Self {
        Self {
            path: path.into(),
            problem,
        }
    }
}

impl Problem {
    /// What is wrong, without capital and full stop.
    #[must_use]
    pub fn message(&self) -> Phrase {
        match self {
            Self::Empty => Phrase::new(say!("está vacío", "is empty", "está vazio")),
            Self::TooLong { bytes_max } => Phrase::new(say!(
                "pasa de {max} bytes",
                "is longer than {max} bytes",
                "passa de {max} bytes",
            ))
            .with("max", bytes_max),
            Self::NoWord { .. } => Phrase::new(say!(
                "no es un nombre como los que dicen los dispositivos",
                "is no name as devices say them",
                "não é um nome como os que os dispositivos dizem",
            )),
            Self::TooMany { max } => Phrase::new(say!(
                "tiene más de {max}",
                "has more than {max}",
                "tem mais de {max}",
            ))
            .with("max", max),
            Self::Twice { name } => Phrase::new(say!(
                "`{name}` está dos veces",
                "`{name}` stands twice",
                "`{name}` aparece duas vezes",
            ))
            .with("name", name),
            Self::Range { .. } => Phrase::new(say!(
                "está fuera de rango",
                "is out of range",
                "está fora da faixa"
            )),
            Self::NoNumber => Phrase::new(say!(
                "no es un número con el que se pueda calcular",
                "is no number that can be reckoned with",
                "não é um número com que se possa calcular",
            )),
            Self::NoRoom => Phrase::new(say!(
                "no es mayor que `min`",
                "is not above `min`",
                "não é maior que `min`",
            )),
            Self::Zero => Phrase::new(say!("es cero", "is zero", "é zero")),
            Self::Separator => Phrase::new(say!("tiene un `;`", "holds a `;`", "tem um `;`")),
            Self::Unknown { .. } => Phrase::new(say!(
                "el dispositivo no tiene ese actuador",
                "the device has no such actuator",
                "o dispositivo não tem esse atuador",
            )),
            Self::NoSetting => Phrase::new(say!(
                "no es algo que se pueda ajustar",
                "is nothing that can be set",
                "não é algo que se possa ajustar",
            )),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Phrase {
        match self {
            Self::Empty => Phrase::new(say!("escribí uno", "write one", "escreva um")),
            Self::TooLong { .. } => Phrase::new(say!("acortalo", "shorten it", "encurte-o")),
            Self::NoWord { bytes_max } => Phrase::new(say!(
                "usá de 1 a {max} letras sin acento, números, `-`, `_` o `.`",
                "use 1 to {max} of a-z, A-Z, 0-9, `-`, `_` and `.`",
                "use de 1 a {max} letras sem acento, números, `-`, `_` ou `.`",
            ))
            .with("max", bytes_max),
            Self::TooMany { .. } => Phrase::new(say!(
                "repartilo en dos dispositivos o sacá algo",
                "spread it over two devices or leave something out",
                "divida em dois dispositivos ou tire algo",
            )),
            Self::Twice { .. } => Phrase::new(say!(
                "dale otro nombre o sacalo",
                "give it another name or remove it",
                "dê outro nome ou remova-o",
            )),
            Self::Range { min, max } => Phrase::new(say!(
                "elegí de {min} a {max}",
                "choose from {min} to {max}",
                "escolha de {min} a {max}",
            ))
            .with("min", min)
            .with("max", max),
            Self::NoNumber => Phrase::new(say!(
                "revisá la unidad y la escala",
                "check the unit and the scale",
                "confira a unidade e a escala",
            )),
            Self::NoRoom => Phrase::new(say!(
                "poné un valor más alto, o sacá uno de los dos",
                "set a higher value, or remove one of the two",
                "coloque um valor mais alto, ou remova um dos dois",
            )),
            Self::Zero => Phrase::new(say!(
                "poné otra escala, o sacala",
                "set another scale, or remove it",
                "coloque outra escala, ou remova-a",
            )),
            Self::Separator => Phrase::new(say!(
                "partila en dos etiquetas",
                "make two tags of it",
                "divida em duas etiquetas",
            )),
            Self::Unknown { known } if known.is_empty() => Phrase::new(say!(
                "agregá sus actuadores a su perfil",
                "add its actuators to its profile",
                "acrescente os atuadores ao perfil",
            )),
            Self::Unknown { known } => Phrase::new(say!(
                "elegí uno de estos: {known}",
                "choose one of these: {known}",
                "escolha um destes: {known}",
            ))
            .with("known", known.join(", ")),
            Self::NoSetting => Phrase::new(say!(
                "usá true, false, un número o un texto corto",
                "use true, false, a number or a short text",
                "use true, false, um número ou um texto curto",
            )),
        }
    }
}
