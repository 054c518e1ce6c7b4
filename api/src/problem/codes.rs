//! The one table of what can go wrong for a client: variant, code, status, sentence.
//!
//! It must never know where an error came from; that travels in [`super::Error`]'s source.

use axum::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $title:literal;)+) => {
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
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid_json", BAD_REQUEST, "The body is not valid JSON.";
    InvalidQuery = "invalid_query", BAD_REQUEST, "A query parameter is not valid.";
    InvalidHeader = "invalid_header", BAD_REQUEST, "A header is not valid.";
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "The cursor is not one that this list gave out.";
    MalformedDelivery = "malformed_delivery", BAD_REQUEST, "The delivery could not be read.";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Sign in or send an API key as `Authorization: Bearer opk_...`.";
    WrongPassword = "wrong_password", UNAUTHORIZED, "The email or the password is wrong.";
    BadSignature = "bad_signature", UNAUTHORIZED, "The signature does not match the body.";
    Forbidden = "forbidden", FORBIDDEN, "Your role does not allow this.";
    CrossSite = "cross_site", FORBIDDEN, "This request came from another site.";
    HandshakeRefused = "handshake_refused", FORBIDDEN, "The verification token does not match.";
    NotFound = "not_found", NOT_FOUND, "There is no such thing here.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address does not support this method.";
    Timeout = "timeout", REQUEST_TIMEOUT, "The request took too long.";
    RevisionMismatch = "revision_mismatch", CONFLICT, "Somebody else changed it; read it again and repeat your change.";
    IdempotencyConflict = "idempotency_conflict", CONFLICT, "This Idempotency-Key was used with a different body.";
    InProgress = "in_progress", CONFLICT, "The same request is still being worked on; ask again shortly.";
    Conflict = "conflict", CONFLICT, "The state it is in does not allow this.";
    AlreadyExists = "already_exists", CONFLICT, "It exists already.";
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The body is larger than allowed.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "This media type is not understood here.";
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY, "The body does not have the expected shape.";
    InvalidDocument = "invalid_document", UNPROCESSABLE_ENTITY, "The workflow has problems.";
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests; wait before the next one.";
    Busy = "busy", TOO_MANY_REQUESTS, "More is arriving than can be stored right now; nothing of this request was kept.";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side; the request id finds it in the logs.";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The database cannot be reached right now; nothing was changed.";
}
