//! What to list, written as query parameters: `status=open`, `total[gte]=100`, `sort=-changed_at`.

use axum::{extract::FromRequestParts, http::request::Parts};
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
            "limit" => limit = Some(value.parse().map_err(|_| bad("limit", "is not a number"))?),
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
                .ok_or_else(|| bad(name, "has no closing bracket"))?,
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
        _ => return Err(bad(name, "compares in no known way")),
    };
    Ok(Filter {
        field: field.to_owned(),
        test,
        value,
    })
}

fn bad(path: &str, message: &str) -> Error {
    Error::new(Code::InvalidQuery).field(
        FieldError::new(path, message).hint(
            "write filters like `total[gte]=100`, with eq, lt, lte, gt, gte, prefix or absent",
        ),
    )
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
