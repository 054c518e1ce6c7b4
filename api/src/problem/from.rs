//! What the errors of the layers below mean to a client.

use std::time::Duration;

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
};
use operandi_engine::store::{
    StoreError,
    accounts::AccountError,
    connections::ConnectionError,
    records::{
        DOCUMENT_BYTES_MAX, FIELD_NAME_BYTES_MAX, FIELDS_MAX, KEY_BYTES_MAX, KEYS_PER_WRITE_MAX,
        RecordError, Refusal,
    },
};

use super::{Code, Error, FieldError, Missing};
use crate::auth::password::{LENGTH_MAX, LENGTH_MIN, Weak};

/// When to come again after the writer was behind.
const BUSY_RETRY: Duration = Duration::from_secs(1);
/// When to come again after the database was away.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(5);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict(_) => Self::new(Code::Busy)
                .retry_after(BUSY_RETRY)
                .caused_by(error),
            StoreError::Unavailable { .. } => Self::new(Code::Unavailable)
                .retry_after(UNAVAILABLE_RETRY)
                .caused_by(error),
            StoreError::Exists { .. } => Self::new(Code::AlreadyExists).caused_by(error),
            // Only deliveries of vendors, which read English, bring what is refused so late.
            StoreError::Refused(what) => Self::new(Code::InvalidBody).detail(
                Phrase::new(say!(
                    "Lo que llegó no cumple las reglas de lo que se puede guardar.",
                    "{what}.",
                    "O que chegou não cumpre as regras do que se pode salvar.",
                ))
                .with("what", what),
            ),
            StoreError::Bug { .. } => Self::internal(error),
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotFound => Self::new(Code::NotFound),
            AccountError::Changed => Self::new(Code::RevisionMismatch),
            AccountError::EmailTaken => Self::new(Code::AlreadyExists).detail(say!(
                "Esta dirección de correo ya está en uso.",
                "this e-mail address is in use.",
                "Este endereço de e-mail já está em uso.",
            )),
            AccountError::MemberAlready => Self::new(Code::AlreadyExists).detail(say!(
                "Esta persona ya es parte de la organización.",
                "this person is a member already.",
                "Esta pessoa já faz parte da organização.",
            )),
            AccountError::LastOwner => Self::new(Code::Conflict).detail(say!(
                "Una organización tiene al menos un titular; nombrá antes a otro.",
                "an organisation keeps at least one owner; make another owner first.",
                "Uma organização tem pelo menos um titular; nomeie outro antes.",
            )),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::NotFound => Self::not_found(Missing::Connection),
            ConnectionError::Changed => Self::new(Code::RevisionMismatch),
            ConnectionError::Store(error) => error.into(),
        }
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotFound => Self::not_found(Missing::Record),
            RecordError::Changed { expected, found } => Self::new(Code::RevisionMismatch).detail(
                Phrase::new(say!(
                    "El registro cambió: va por la versión {found}, y no por la {expected}.",
                    "the record has changed: version {found} instead of {expected}.",
                    "O registro mudou: está na versão {found}, e não na {expected}.",
                ))
                .with("found", found)
                .with("expected", expected),
            ),
            RecordError::KeyTaken { name, .. } => Self::new(Code::AlreadyExists).detail(
                Phrase::new(say!(
                    "Otro registro tiene el mismo `{name}`.",
                    "another record has this `{name}`.",
                    "Outro registro tem o mesmo `{name}`.",
                ))
                .with("name", name),
            ),
            RecordError::Refused(refusal @ Refusal::UnknownKind(_)) => {
                Self::new(Code::NotFound).detail(refused(refusal))
            }
            RecordError::Refused(refusal) => Self::new(Code::InvalidBody).detail(refused(refusal)),
            RecordError::BadQuery(what) => Self::new(Code::InvalidQuery).detail(unlistable(&what)),
            RecordError::Store(error) => error.into(),
        }
    }
}

/// What of a list cannot be asked. Programs read the reason; people the names it speaks of.
fn unlistable(what: &str) -> Sentence {
    let names: Vec<&str> = what.split('`').skip(1).step_by(2).collect();
    let words = if names.is_empty() {
        say!(
            "El cursor o los filtros no son de esta lista; empezá de nuevo sin ellos.",
            "{what}.",
            "O cursor ou os filtros não são desta lista; comece de novo sem eles.",
        )
    } else {
        say!(
            "Esta lista no se puede filtrar ni ordenar así: {names}.",
            "{what}.",
            "Esta lista não pode ser filtrada nem ordenada assim: {names}.",
        )
    };
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Phrase::new(words)
        .with("what", what)
        .with("names", names.join(", "))
        .into()
}

/// Why a record cannot be stored as it is.
fn refused(refusal: Refusal) -> Phrase {
    match refusal {
        Refusal::UnknownKind(kind) => Phrase::new(say!(
            "No hay un tipo de registro que se llame `{kind}`.",
            "there is no kind of record called `{kind}`.",
            "Não há um tipo de registro chamado `{kind}`.",
        ))
        .with("kind", kind),
        Refusal::UnknownKey { kind, name } => Phrase::new(say!(
            "Un registro de tipo `{kind}` no tiene un alias que se llame `{name}`.",
            "a record of kind `{kind}` has no alias called `{name}`.",
            "Um registro do tipo `{kind}` não tem um alias chamado `{name}`.",
        ))
        .with("kind", kind)
        .with("name", name),
        Refusal::BadKey { name } => Phrase::new(say!(
            "El alias `{name}` está vacío o pasa de {max} bytes.",
            "the alias `{name}` is empty or longer than {max} bytes.",
            "O alias `{name}` está vazio ou passa de {max} bytes.",
        ))
        .with("name", name)
        .with("max", KEY_BYTES_MAX),
        Refusal::TooManyKeys => Phrase::new(say!(
            "Un cambio trae como mucho {max} alias.",
            "a write brings at most {max} aliases.",
            "Uma mudança traz no máximo {max} aliases.",
        ))
        .with("max", KEYS_PER_WRITE_MAX),
        Refusal::BadName(name) => Phrase::new(say!(
            "`{name}` no puede ser un campo: los nombres tienen de 1 a {max} bytes, sin puntos, y no son `id` ni `changes`.",
            "`{name}` cannot be a field: names are 1 to {max} bytes, without dots, and not `id` or `changes`.",
            "`{name}` não pode ser um campo: os nomes têm de 1 a {max} bytes, sem pontos, e não são `id` nem `changes`.",
        ))
        .with("name", name)
        .with("max", FIELD_NAME_BYTES_MAX),
        Refusal::NotAMap(name) => Phrase::new(say!(
            "`{name}` tiene que ser un objeto o null.",
            "`{name}` must be an object or null.",
            "`{name}` precisa ser um objeto ou null.",
        ))
        .with("name", name),
        Refusal::FieldTooLarge { field, max } => Phrase::new(say!(
            "`{field}` pasa de {max} bytes.",
            "`{field}` is larger than {max} bytes.",
            "`{field}` passa de {max} bytes.",
        ))
        .with("field", field)
        .with("max", max),
        Refusal::TooManyFields(name) => Phrase::new(say!(
            "`{name}` tiene más de {max} campos.",
            "more than {max} fields in `{name}`.",
            "`{name}` tem mais de {max} campos.",
        ))
        .with("name", name)
        .with("max", FIELDS_MAX),
        Refusal::DocumentTooLarge => Phrase::new(say!(
            "El registro pasa de {max} bytes.",
            "the document is larger than {max} bytes.",
            "O registro passa de {max} bytes.",
        ))
        .with("max", DOCUMENT_BYTES_MAX),
    }
}

impl From<crate::auth::token::NoRandomness> for Error {
    fn from(error: crate::auth::token::NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl From<Weak> for Error {
    fn from(error: Weak) -> Self {
        let message = match error {
            Weak::Short => Phrase::new(say!(
                "tiene menos de {length} caracteres",
                "is shorter than {length} characters",
                "tem menos de {length} caracteres",
            ))
            .with("length", LENGTH_MIN),
            Weak::Long => Phrase::new(say!(
                "pasa de {length} bytes",
                "is longer than {length} bytes",
                "passa de {length} bytes",
            ))
            .with("length", LENGTH_MAX),
        };
        let hint = say!(
            "elegí otra; unas pocas palabras sirven bien",
            "choose another one; a few words are good",
            "escolha outra; algumas palavras servem bem",
        );
        Self::new(Code::InvalidBody).field(FieldError::new("password", message).hint(hint))
    }
}
