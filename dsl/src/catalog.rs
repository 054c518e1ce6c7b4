//! What exists in the world, as data: the checker's and the editor's only source about nodes,
//! events and connectors. The `nodes` crate fills it; this crate names none of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Sentence, document::SensorRule, expr::FunctionDoc};

/// All nodes, event types and connectors a workflow may name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Catalog {
    /// By kind, such as `http.request`.
    pub nodes: BTreeMap<String, NodeSpec>,
    /// By type, such as `cart.updated`.
    pub events: BTreeMap<String, EventSpec>,
    /// By name, such as `whatsapp`.
    pub connectors: BTreeMap<String, ConnectorSpec>,
    /// The JSON Schema of what `contact` holds in expressions.
    pub contact: Value,
    /// The JSON Schema of what `org` holds in expressions.
    pub org: Value,
    /// What expressions and scripts may call, by group.
    pub functions: &'static [FunctionDoc],
    /// What rules over sensors are, where something runs them.
    #[serde(skip)]
    pub sensor: Option<SensorSpec>,
}

/// What the checker knows of rules over sensors.
#[derive(Clone, Copy, Debug)]
pub struct SensorSpec {
    /// The type of the event that starts a run.
    pub event: &'static str,
    /// Everything that is wrong with a rule, whichever device it may be for: the field, and why.
    pub faults: fn(&SensorRule) -> Vec<(&'static str, Sentence)>,
}

/// A text in the product's three languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    pub es: &'static str,
    pub en: &'static str,
    pub pt: &'static str,
}

impl Words {
    /// The text in one language.
    #[must_use]
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Es => self.es,
            Lang::En => self.en,
            Lang::Pt => self.pt,
        }
    }
}

/// The product's languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    #[default]
    Es,
    En,
    Pt,
}

impl Lang {
    /// All of them, in the order people see them.
    pub const ALL: [Self; 3] = [Self::Es, Self::En, Self::Pt];

    /// Two letters, as documents write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    /// Reads `es`, `es-AR`, `pt_BR.UTF-8`; `None` for a language the product does not speak.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.split(['-', '_', '.', ';', ',']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(code))
    }
}

/// One kind of action.
#[derive(Clone, Debug, Serialize)]
pub struct NodeSpec {
    pub kind: &'static str,
    pub title: Words,
    pub summary: Words,
    /// JSON Schema of the parameters. `x-widget` names the form field, `x-connector` the connector
    /// a connection must be of, `x-titles` the per-language titles.
    pub params: Value,
    /// JSON Schema of the output; `true` when anything is possible.
    pub output: Value,
    /// Whether it sends a message to a person, and so needs a purpose and consent.
    pub sends: bool,
    /// What happens to an effect whose end nobody saw.
    pub promise: Promise,
    /// Reason codes with which it may refuse, for `fallback`.
    pub refusals: &'static [&'static str],
}

/// What is done with an effect whose end nobody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// Nothing outside changes: it needs no intent of its own and may be done again at will.
    Pure,
    /// The other side deduplicates by our key: it is done again with the same key.
    Keyed,
    /// Doing it twice does no harm: it is done again.
    Repeatable,
    /// It is never repeated: the step becomes `unknown` until a callback or a person settles it.
    Once,
}

/// One type of event.
#[derive(Clone, Debug, Serialize)]
pub struct EventSpec {
    pub title: Words,
    /// JSON Schema of the event's data; `true` when anything is possible.
    pub data: Value,
    /// An example of the data, for previews.
    pub sample: Value,
}

/// One connector.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectorSpec {
    pub name: &'static str,
    pub title: Words,
    /// JSON Schema of the open settings.
    pub settings: Value,
    /// JSON Schema of the secrets; never stored or shown in the clear.
    pub secrets: Value,
}
