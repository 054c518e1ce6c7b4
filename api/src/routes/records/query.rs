//! What to list, written as query parameters: `status=open`, `total[gte]=100`, `sort=-changed_at`.

use axum::{extract::FromRequestParts, http::request::Parts};
use operandi_dsl::{catalog::Words, phrase::say};
use operandi_engine::store::records::{Filter, ListQuery, Order, Sort, Test};

use crate::{
    extract::page_size,
    problem::{Code, Error, FieldError},
};

/// A list of records, as asked.
#[derive(Debug)]
pub(crate) struct RecordsQuery(pub ListQuery);

impl<S: Send + Sync> FromRequestParts<S> for RecordsQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read(query: &str) -> Result<ListQuery, Error> {
    let mut list = ListQuery::default();
    let mut limit = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "limit" => limit = Some(value.parse().map_err(|_| bad("limit", NO_NUMBER))?),
            "cursor" => list.cursor = Some(value.into_owned()),
            "sort" => (list.sort, list.order) = sort(&value),
            _ => list.filters.push(filter(&name, value.into_owned())?),
        }
    }
    list.limit = page_size(limit)?;
    Ok(list)
}

fn sort(text: &str) -> (Sort, Order) {
    let (field, order) = match text.strip_prefix('-') {
        Some(field) => (field, Order::Descending),
        None => (text, Order::Ascending),
    };
    let sort = match field {
        "created_at" => Sort::Created,
        "updated_at" => Sort::Updated,
        field => Sort::Field(field.to_owned()),
    };
    (sort, order)
}

fn filter(name: &str, value: String) -> Result<Filter, Error> {
    let (field, word) = match name.split_once('[') {
        Some((field, rest)) => (
            field,
            rest.strip_suffix(']')
                .ok_or_else(|| bad(name, NOT_CLOSED))?,
        ),
        None => (name, "eq"),
    };
    let test = match word {
        "eq" => Test::Equals,
        "lt" => Test::Less,
        "lte" => Test::AtMost,
        "gt" => Test::Greater,
        "gte" => Test::AtLeast,
        "prefix" => Test::Prefix,
        "absent" => Test::Absent,
        _ => return Err(bad(name, NO_COMPARISON)),
    };
    Ok(Filter {
        field: field.to_owned(),
        test,
        value,
    })
}

const NO_NUMBER: Words = say!("no es un número", "is not a number", "não é um número");

const NOT_CLOSED: Words = say!(
    "no tiene el corchete que cierra",
    "has no closing bracket",
    "não tem o colchete que fecha",
);

const NO_COMPARISON: Words = say!(
    "no compara de una manera conocida",
    "compares in no known way",
    "não compara de uma maneira conhecida",
);

fn bad(path: &str, message: Words) -> Error {
    let hint = say!(
        "escribí los filtros como `total[gte]=100`, con eq, lt, lte, gt, gte, prefix o absent",
        "write filters like `total[gte]=100`, with eq, lt, lte, gt, gte, prefix or absent",
        "escreva os filtros como `total[gte]=100`, com eq, lt, lte, gt, gte, prefix ou absent",
    );
    Error::new(Code::InvalidQuery).field(FieldError::new(path, message).hint(hint))
}

#[cfg(test)]
mod tests {
    use operandi_engine::store::records::{Order, Sort, Test};

    use super::read;

    #[test]
    fn filters_sort_and_page() {
        let list = read(
            "status=open&total%5Bgte%5D=100&phone[absent]=&sort=-changed_at&limit=5&cursor=abc",
        )
        .unwrap();
        let tests: Vec<_> = list
            .filters
            .iter()
            .map(|filter| (filter.field.as_str(), filter.test))
            .collect();
        assert_eq!(
            tests,
            [
                ("status", Test::Equals),
                ("total", Test::AtLeast),
                ("phone", Test::Absent)
            ]
        );
        assert_eq!(
            (list.sort, list.order),
            (Sort::Field("changed_at".into()), Order::Descending)
        );
        assert_eq!((list.limit, list.cursor.as_deref()), (5, Some("abc")));
        assert_eq!(read("").unwrap().sort, Sort::Created);
        assert_eq!(
            read("").unwrap().order,
            Order::Descending,
            "the newest first when nothing is asked"
        );
        for wrong in ["total[gte=1", "total[near]=1", "limit=x", "limit=0"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
