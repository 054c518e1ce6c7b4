//! Moments as the API writes them: RFC 3339 in UTC. Milliseconds since 1970 are read too.

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// A UTC instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a moment such as 2026-11-20T18:00:00Z, or milliseconds since 1970"
        )]
        enum Form {
            Text(String),
            Millis(i64),
        }
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Timestamp::parse(&text).map(Self).map_err(D::Error::custom),
            Form::Millis(millis) => Ok(Self(Timestamp(millis))),
        }
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2026-11-20T18:00:00Z"])
            .into()
    }
}

impl ToSchema for Moment {}

#[cfg(test)]
mod tests {
    use operandi_dsl::time::Timestamp;

    use super::Moment;

    #[test]
    fn both_forms_are_read_and_one_is_written() {
        let moment = Moment(Timestamp(1_795_219_200_500));
        let text = serde_json::to_string(&moment).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), moment);
        assert_eq!(
            serde_json::from_str::<Moment>("1795219200500").unwrap(),
            moment
        );
        for bad in ["\"yesterday\"", "true", "1.5"] {
            assert!(serde_json::from_str::<Moment>(bad).is_err(), "{bad}");
        }
    }
}
