//! How lists are cut into pages.

use operandi_dsl::phrase::{Phrase, say};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, Error, FieldError};

/// Items on a page when nothing is asked.
const LIMIT_DEFAULT: u32 = 50;
/// The most items on a page.
const LIMIT_MAX: u32 = 200;

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// How many items a page may hold.
///
/// # Errors
/// `invalid_query` when more is asked than a page may hold, or nothing.
pub fn page_size(asked: Option<u32>) -> Result<u32, Error> {
    match asked {
        None => Ok(LIMIT_DEFAULT),
        Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
        Some(limit) => Err(Error::new(Code::InvalidQuery).field(
            FieldError::new(
                "limit",
                Phrase::new(say!(
                    "{limit} no es un tamaño de página",
                    "{limit} is not a page size",
                    "{limit} não é um tamanho de página",
                ))
                .with("limit", limit),
            )
            .hint(
                Phrase::new(say!(
                    "pedí de 1 a {max}",
                    "ask for 1 to {max}",
                    "peça de 1 a {max}",
                ))
                .with("max", LIMIT_MAX),
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::page_size;

    #[test]
    fn a_page_holds_1_to_200() {
        assert_eq!(page_size(None).ok(), Some(50));
        assert_eq!(page_size(Some(200)).ok(), Some(200));
        for bad in [0, 201, u32::MAX] {
            assert!(page_size(Some(bad)).is_err(), "{bad}");
        }
    }
}
