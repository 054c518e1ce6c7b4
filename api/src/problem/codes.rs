//! The one table of what can go wrong for a client: variant, code, status, sentence.
//!
//! It must never know where an error came from; that travels in [`super::Error`]'s source.

use axum::http::StatusCode;
use operandi_dsl::{catalog::Words, phrase::say};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $es:literal, $en:literal, $pt:literal;)+) => {
        /// What went wrong, as clients may branch on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word in `code` and at the end of `type`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// One sentence for people.
            #[must_use]
            pub const fn title(self) -> Words {
                match self { $(Self::$name => say!($es, $en, $pt),)+ }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid_json", BAD_REQUEST,
        "El cuerpo no es JSON válido.",
        "The body is not valid JSON.",
        "O corpo não é JSON válido.";
    InvalidQuery = "invalid_query", BAD_REQUEST,
        "Un parámetro de la consulta no es válido.",
        "A query parameter is not valid.",
        "Um parâmetro da consulta não é válido.";
    InvalidHeader = "invalid_header", BAD_REQUEST,
        "Un encabezado no es válido.",
        "A header is not valid.",
        "Um cabeçalho não é válido.";
    InvalidCursor = "invalid_cursor", BAD_REQUEST,
        "El cursor no es uno que haya dado esta lista.",
        "The cursor is not one that this list gave out.",
        "O cursor não é um que esta lista tenha dado.";
    MalformedDelivery = "malformed_delivery", BAD_REQUEST,
        "No se pudo leer lo que llegó.",
        "The delivery could not be read.",
        "Não foi possível ler o que chegou.";
    Unauthenticated = "unauthenticated", UNAUTHORIZED,
        "Iniciá sesión o mandá una clave de API como `Authorization: Bearer opk_...`.",
        "Sign in or send an API key as `Authorization: Bearer opk_...`.",
        "Entre na sua conta ou envie uma chave de API como `Authorization: Bearer opk_...`.";
    WrongPassword = "wrong_password", UNAUTHORIZED,
        "El correo o la contraseña no son correctos.",
        "The email or the password is wrong.",
        "O e-mail ou a senha não estão corretos.";
    BadSignature = "bad_signature", UNAUTHORIZED,
        "La firma no coincide con el cuerpo.",
        "The signature does not match the body.",
        "A assinatura não corresponde ao corpo.";
    Forbidden = "forbidden", FORBIDDEN,
        "Tu rol no permite hacer esto.",
        "Your role does not allow this.",
        "Seu papel não permite fazer isso.";
    CrossSite = "cross_site", FORBIDDEN,
        "Este pedido vino de otro sitio.",
        "This request came from another site.",
        "Este pedido veio de outro site.";
    HandshakeRefused = "handshake_refused", FORBIDDEN,
        "El token de verificación no coincide.",
        "The verification token does not match.",
        "O token de verificação não confere.";
    NotFound = "not_found", NOT_FOUND,
        "Acá no hay nada así.",
        "There is no such thing here.",
        "Aqui não há nada assim.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED,
        "Esta dirección no admite este método.",
        "This address does not support this method.",
        "Este endereço não aceita este método.";
    Timeout = "timeout", REQUEST_TIMEOUT,
        "El pedido tardó demasiado.",
        "The request took too long.",
        "O pedido demorou demais.";
    RevisionMismatch = "revision_mismatch", CONFLICT,
        "Otra persona lo cambió; volvé a leerlo y repetí tu cambio.",
        "Somebody else changed it; read it again and repeat your change.",
        "Outra pessoa mudou isso; leia de novo e repita sua mudança.";
    IdempotencyConflict = "idempotency_conflict", CONFLICT,
        "Esta Idempotency-Key ya se usó con otro cuerpo.",
        "This Idempotency-Key was used with a different body.",
        "Esta Idempotency-Key já foi usada com outro corpo.";
    InProgress = "in_progress", CONFLICT,
        "El mismo pedido todavía se está procesando; volvé a preguntar en un momento.",
        "The same request is still being worked on; ask again shortly.",
        "O mesmo pedido ainda está em andamento; pergunte de novo em instantes.";
    Conflict = "conflict", CONFLICT,
        "El estado en que está no lo permite.",
        "The state it is in does not allow this.",
        "O estado em que está não permite isso.";
    AlreadyExists = "already_exists", CONFLICT,
        "Ya existe.",
        "It exists already.",
        "Já existe.";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE,
        "El cuerpo es más grande de lo permitido.",
        "The body is larger than allowed.",
        "O corpo é maior do que o permitido.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
        "Acá no se entiende este tipo de contenido.",
        "This media type is not understood here.",
        "Este tipo de conteúdo não é entendido aqui.";
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY,
        "El cuerpo no tiene la forma esperada.",
        "The body does not have the expected shape.",
        "O corpo não tem a forma esperada.";
    InvalidDocument = "invalid_document", UNPROCESSABLE_ENTITY,
        "El flujo tiene problemas.",
        "The workflow has problems.",
        "O fluxo tem problemas.";
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS,
        "Son demasiados pedidos; esperá antes del próximo.",
        "Too many requests; wait before the next one.",
        "São pedidos demais; espere antes do próximo.";
    Busy = "busy", TOO_MANY_REQUESTS,
        "Está llegando más de lo que se puede guardar ahora; de este pedido no se guardó nada.",
        "More is arriving than can be stored right now; nothing of this request was kept.",
        "Está chegando mais do que se pode salvar agora; nada deste pedido foi salvo.";
    Internal = "internal", INTERNAL_SERVER_ERROR,
        "Algo falló de nuestro lado; con el número del pedido se lo encuentra en los registros.",
        "Something went wrong on our side; the request id finds it in the logs.",
        "Algo falhou do nosso lado; com o número do pedido ele é encontrado nos registros.";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE,
        "La base de datos no responde ahora; no se cambió nada.",
        "The database cannot be reached right now; nothing was changed.",
        "O banco de dados não responde agora; nada foi mudado.";
}
