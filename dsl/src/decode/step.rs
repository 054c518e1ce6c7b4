//! How a step is read and written: the id, the keys of exactly one block and the keys any step may
//! carry lie side by side in one map.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value, json};

use crate::{
    StepId,
    document::{
        ActionBlock, AskBlock, Block, CallBlock, Common, EachBlock, GotoBlock, IfBlock,
        ParallelBlock, RepeatBlock, ScriptBlock, SetBlock, SplitBlock, Step, StopBlock,
        SwitchBlock, WaitBlock, WaitForBlock,
    },
};

/// The keys any step may carry.
const COMMON_KEYS: [&str; 5] = ["retry", "timeout", "on_error", "enabled", "note"];

macro_rules! blocks {
    ($($variant:ident $block:ident $key:literal)+) => {
        /// The keys that name a block.
        pub(crate) const BLOCK_KINDS: &[&str] = &[$($key),+];

        impl Block {
            /// The key that names the block, such as `wait_for`.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $key),+ }
            }

            fn from_fields(kind: &str, fields: Map<String, Value>) -> serde_json::Result<Self> {
                let fields = Value::Object(fields);
                match kind {
                    $($key => serde_json::from_value(fields).map(Self::$variant),)+
                    other => Err(de::Error::custom(format!("there is no block {other}"))),
                }
            }

            fn to_fields(&self) -> serde_json::Result<Value> {
                match self { $(Self::$variant(block) => serde_json::to_value(block)),+ }
            }
        }

        /// Each block's key with the schema of its own keys.
        fn block_schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
            vec![$(($key, $block::json_schema(generator))),+]
        }
    };
}

blocks! {
    Action ActionBlock "action"
    Wait WaitBlock "wait"
    WaitFor WaitForBlock "wait_for"
    If IfBlock "if"
    Switch SwitchBlock "switch"
    Split SplitBlock "split"
    Each EachBlock "each"
    Parallel ParallelBlock "parallel"
    Repeat RepeatBlock "repeat"
    Script ScriptBlock "script"
    Set SetBlock "set"
    Call CallBlock "call"
    Ask AskBlock "ask"
    Goto GotoBlock "goto"
    Stop StopBlock "stop"
}

/// The blocks a step names; it should be exactly one.
pub(crate) fn kinds_of(fields: &Map<String, Value>) -> Vec<&'static str> {
    let called = fields.contains_key("call");
    BLOCK_KINDS
        .iter()
        .copied()
        .filter(|kind| fields.contains_key(*kind))
        // `call` has a field of its own with the name of another block.
        .filter(|kind| !(called && *kind == "wait"))
        .collect()
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = match fields.remove("id") {
            None => StepId::new(""),
            Some(id) => serde_json::from_value(id).map_err(de::Error::custom)?,
        };
        let mut common = Map::new();
        for key in COMMON_KEYS {
            if let Some(value) = fields.remove(key) {
                common.insert(key.to_owned(), value);
            }
        }
        let common = serde_json::from_value(Value::Object(common)).map_err(de::Error::custom)?;
        let kinds = kinds_of(&fields);
        let [kind] = kinds.as_slice() else {
            return Err(de::Error::custom("a step must hold exactly one block"));
        };
        let block = Block::from_fields(kind, fields).map_err(de::Error::custom)?;
        Ok(Self { id, block, common })
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Map::new();
        if !self.id.as_str().is_empty() {
            fields.insert("id".to_owned(), json!(self.id));
        }
        let block = self.block.to_fields().map_err(ser::Error::custom)?;
        let common = serde_json::to_value(&self.common).map_err(ser::Error::custom)?;
        for part in [block, common] {
            if let Value::Object(part) = part {
                fields.extend(part);
            }
        }
        fields.serialize(serializer)
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let common = Common::json_schema(generator).to_value();
        let variants: Vec<Value> = block_schemas(generator)
            .into_iter()
            .map(|(kind, schema)| step_schema(kind, schema.to_value(), &common))
            .collect();
        json_schema!({
            "description": "One step: an id, one block, and what any step may carry.",
            "oneOf": variants,
        })
    }
}

/// The schema of a step that holds one kind of block.
fn step_schema(kind: &str, mut schema: Value, common: &Value) -> Value {
    schema["title"] = json!(kind);
    let id = json!({
        "type": "string",
        "pattern": "^[a-z][a-z0-9_]*$",
        "description": "Permanent: history and statistics hang on it.",
    });
    if let Some(properties) = schema["properties"].as_object_mut() {
        let own = std::mem::take(properties);
        properties.insert("id".to_owned(), id);
        properties.extend(own);
        if let Some(common) = common["properties"].as_object() {
            properties.extend(common.clone());
        }
    }
    schema
}
