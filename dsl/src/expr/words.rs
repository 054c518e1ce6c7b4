//! Rhai's own words where authors mean a name.
//!
//! What follows a dot is the name of a field, and fields come from the world and from step ids:
//! `steps.loop` and `event.timestamp` are as good as any. Calling such a name calls what Rhai calls by
//! it, so nothing that is closed opens.

use std::cell::Cell;

use rhai::{Engine, LexError, Token, is_valid_identifier};

/// What the token read last leaves for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Dot,
    /// A word that was made a name: what follows it the tokenizer takes for the beginning of a value.
    /// Of signs that is put right; `steps.if -1` alone stays one number too many, and is refused.
    Renamed,
    Other,
}

thread_local! {
    /// A source is read on one thread.
    static LAST: Cell<Last> = const { Cell::new(Last::Other) };
}

/// Lets words be names after a dot, and `default` everywhere: Rhai keeps it and makes nothing of it.
pub(super) fn install(engine: &mut Engine) {
    // The callback's interface is documented as one that may change between releases.
    #[allow(deprecated)]
    engine.on_parse_token(|token, _, _| {
        let last = LAST.replace(match token {
            Token::Period | Token::Elvis => Last::Dot,
            _ => Last::Other,
        });
        let was_name = matches!(token, Token::Identifier(_));
        let token = match token {
            Token::Reserved(word) if word.as_str() == "default" => Token::Identifier(word),
            token if last == Last::Dot => name(token),
            Token::UnaryPlus if last == Last::Renamed => Token::Plus,
            Token::UnaryMinus if last == Last::Renamed => Token::Minus,
            token => token,
        };
        if !was_name && matches!(token, Token::Identifier(_)) {
            LAST.set(Last::Renamed);
        }
        token
    });
}

/// Reads one source; what an earlier one broke off with is forgotten.
pub(super) fn reading<T>(read: impl FnOnce() -> T) -> T {
    LAST.set(Last::Other);
    read()
}

/// A word as a name; any other token as it is.
fn name(token: Token) -> Token {
    match token {
        Token::Reserved(word) if is_valid_identifier(&word) => Token::Identifier(word),
        // What is disabled and reserved besides arrives as an error.
        Token::LexError(error) => match *error {
            LexError::ImproperSymbol(word, _) if is_valid_identifier(&word) => {
                Token::Identifier(Box::new(word.into()))
            }
            other => Token::LexError(Box::new(other)),
        },
        token if token.is_literal() && is_valid_identifier(token.literal_syntax()) => {
            Token::Identifier(Box::new(token.literal_syntax().into()))
        }
        token => token,
    }
}
