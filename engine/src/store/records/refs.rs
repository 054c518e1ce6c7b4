//! `$record:N`: a text that stands for the id of the `N`-th record of the same delivery.

use serde_json::Value;

use crate::ids::RecordId;

const PREFIX: &str = "$record:";

/// Puts the ids of a delivery's records where its values name them. A number without a record
/// stays as it is written.
pub fn substitute(value: &mut Value, ids: &[RecordId]) {
    match value {
        Value::String(text) => {
            if let Some(id) = named(text, ids) {
                *text = id.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, ids)),
        Value::Object(fields) => fields.values_mut().for_each(|field| substitute(field, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn named(text: &str, ids: &[RecordId]) -> Option<RecordId> {
    let number: usize = text.strip_prefix(PREFIX)?.parse().ok()?;
    ids.get(number).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_whole_texts_that_name_a_record_are_replaced() {
        let ids = [
            RecordId::from_uuid(Uuid::nil()),
            RecordId::from_uuid(Uuid::max()),
        ];
        let (zero, one) = (Uuid::nil().to_string(), Uuid::max().to_string());
        let mut value = json!({
            "a": "$record:0", "b": ["$record:1", { "c": "$record:1" }],
            "d": "$record:2", "e": "see $record:0", "f": "$record:", "g": 1,
        });
        substitute(&mut value, &ids);
        let expected = json!({
            "a": zero, "b": [one, { "c": one }],
            "d": "$record:2", "e": "see $record:0", "f": "$record:", "g": 1,
        });
        assert_eq!(value, expected);
    }
}
