//! Topics: `operandi/{org}/{device}/{kind}`, and who may write and read which.

use core::fmt;

use crate::{
    error::Error,
    limits::TOPIC_BYTES_MAX,
    name::{DeviceId, OrgId},
};

/// The first level of every topic of ours.
const ROOT: &str = "operandi";

/// What a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Readings,
    Birth,
    Death,
    Command,
    Confirm,
    Reported,
    Desired,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Readings,
        Self::Birth,
        Self::Death,
        Self::Command,
        Self::Confirm,
        Self::Reported,
        Self::Desired,
    ];

    /// The last level of the topic.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Readings => "readings",
            Self::Birth => "birth",
            Self::Death => "death",
            Self::Command => "command",
            Self::Confirm => "confirm",
            Self::Reported => "reported",
            Self::Desired => "desired",
        }
    }

    /// Whether the device writes it and the server reads it; else the other way round.
    #[must_use]
    pub const fn is_from_device(self) -> bool {
        match self {
            Self::Readings | Self::Birth | Self::Death | Self::Confirm | Self::Reported => true,
            Self::Command | Self::Desired => false,
        }
    }

    /// Whether it is published retained: only what is true until it is replaced.
    #[must_use]
    pub const fn is_retained(self) -> bool {
        match self {
            Self::Desired => true,
            Self::Readings
            | Self::Birth
            | Self::Death
            | Self::Command
            | Self::Confirm
            | Self::Reported => false,
        }
    }

    /// The filter by which a server reads this kind from all devices of a broker.
    #[must_use]
    pub const fn filter(self) -> &'static str {
        match self {
            Self::Readings => "operandi/+/+/readings",
            Self::Birth => "operandi/+/+/birth",
            Self::Death => "operandi/+/+/death",
            Self::Command => "operandi/+/+/command",
            Self::Confirm => "operandi/+/+/confirm",
            Self::Reported => "operandi/+/+/reported",
            Self::Desired => "operandi/+/+/desired",
        }
    }
}

/// Why a topic is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    #[error("the topic has {bytes} bytes, more than {TOPIC_BYTES_MAX}")]
    TooLong { bytes: usize },
    #[error("the topic has a wildcard")]
    Wildcard,
    #[error("the topic is not `operandi/org/device/kind`")]
    Shape,
    #[error("the topic names an id that cannot be")]
    Id(#[source] Error),
    #[error("the topic ends in no kind of message")]
    Kind,
    #[error("the topic is another device's")]
    Foreign,
    /// A device reads what is told to it, and writes what it tells.
    #[error("the topic is for the other direction")]
    Direction,
}

impl TopicError {
    /// A stable word, for counters and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "topic_too_long",
            Self::Wildcard => "topic_wildcard",
            Self::Shape => "topic_shape",
            Self::Id(_) => "topic_id",
            Self::Kind => "topic_kind",
            Self::Foreign => "topic_foreign",
            Self::Direction => "topic_direction",
        }
    }
}

/// One topic of one device. `Display` builds its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    pub org: OrgId,
    pub device: DeviceId,
    pub kind: Kind,
}

impl Topic {
    /// The topic of `text`.
    ///
    /// # Errors
    /// What is wrong with it; `Foreign` and `Direction` are not looked at.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        if text.len() > TOPIC_BYTES_MAX {
            return Err(TopicError::TooLong { bytes: text.len() });
        }
        if text.contains(['+', '#']) {
            return Err(TopicError::Wildcard);
        }
        let mut levels = text.split('/');
        let mut level = || levels.next().ok_or(TopicError::Shape);
        let (root, org, device, kind) = (level()?, level()?, level()?, level()?);
        if root != ROOT || levels.next().is_some() {
            return Err(TopicError::Shape);
        }
        Ok(Self {
            org: OrgId::new(org).map_err(TopicError::Id)?,
            device: DeviceId::new(device).map_err(TopicError::Id)?,
            kind: Kind::ALL
                .into_iter()
                .find(|known| known.word() == kind)
                .ok_or(TopicError::Kind)?,
        })
    }

    /// The topic on which this device wants to publish.
    ///
    /// # Errors
    /// It is no topic, another device's, or one that only the server writes.
    pub fn parse_publish(text: &str, org: OrgId, device: DeviceId) -> Result<Self, TopicError> {
        Self::parse_own(text, org, device, true)
    }

    /// The topic to which this device wants to subscribe.
    ///
    /// # Errors
    /// It is no topic (wildcards included), another device's, or one that only devices write.
    pub fn parse_subscribe(text: &str, org: OrgId, device: DeviceId) -> Result<Self, TopicError> {
        Self::parse_own(text, org, device, false)
    }

    fn parse_own(
        text: &str,
        org: OrgId,
        device: DeviceId,
        from_device: bool,
    ) -> Result<Self, TopicError> {
        let topic = Self::parse(text)?;
        if (topic.org, topic.device) != (org, device) {
            return Err(TopicError::Foreign);
        }
        if topic.kind.is_from_device() != from_device {
            return Err(TopicError::Direction);
        }
        Ok(topic)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.word();
        write!(f, "{ROOT}/{}/{}/{kind}", self.org, self.device)
    }
}

#[cfg(test)]
mod tests {
    use std::{format, string::ToString};

    use proptest::prelude::*;

    use super::*;
    use crate::testing::word;

    fn refused(text: &str) -> &'static str {
        Topic::parse(text).unwrap_err().code()
    }

    #[test]
    fn only_whole_topics_of_ours_are_read() {
        let cases: &[(&str, &str)] = &[
            ("operandi/+/fridge/readings", "topic_wildcard"),
            ("operandi/shop/fridge/#", "topic_wildcard"),
            ("operandi/shop/fri+dge/readings", "topic_wildcard"),
            ("", "topic_shape"),
            ("operandi", "topic_shape"),
            ("operandi/shop/fridge", "topic_shape"),
            ("operandi/shop/fridge/readings/", "topic_shape"),
            ("/operandi/shop/fridge/readings", "topic_shape"),
            ("Operandi/shop/fridge/readings", "topic_shape"),
            ("operandi//fridge/readings", "topic_id"),
            ("operandi/shop/a b/readings", "topic_id"),
            ("operandi/shop/a\0b/readings", "topic_id"),
            ("operandi/shop/fridge/reading", "topic_kind"),
            ("operandi/shop/fridge/", "topic_kind"),
        ];
        for (text, code) in cases {
            assert_eq!(refused(text), *code, "{text}");
        }
        assert_eq!(refused(&"x".repeat(TOPIC_BYTES_MAX + 1)), "topic_too_long");
    }

    #[test]
    fn a_device_keeps_to_its_own_topics_and_direction() {
        let (shop, fridge) = (
            OrgId::new("shop").unwrap(),
            DeviceId::new("fridge").unwrap(),
        );
        for kind in Kind::ALL {
            let own = format!("operandi/shop/fridge/{}", kind.word());
            let publish = Topic::parse_publish(&own, shop, fridge);
            let subscribe = Topic::parse_subscribe(&own, shop, fridge);
            assert_eq!(publish.is_ok(), kind.is_from_device());
            assert_eq!(subscribe.is_ok(), !kind.is_from_device());
            for foreign in ["operandi/shop/oven/", "operandi/other/fridge/"] {
                let foreign = format!("{foreign}{}", kind.word());
                let error = Some(TopicError::Foreign);
                assert_eq!(Topic::parse_publish(&foreign, shop, fridge).err(), error);
                assert_eq!(Topic::parse_subscribe(&foreign, shop, fridge).err(), error);
            }
            assert_eq!(kind.filter(), format!("operandi/+/+/{}", kind.word()));
        }
    }

    #[test]
    fn the_longest_ids_make_the_longest_topic() {
        let id = "x".repeat(36);
        let text = format!("operandi/{id}/{id}/readings");
        assert_eq!(text.len(), TOPIC_BYTES_MAX);
        assert_eq!(Topic::parse(&text).unwrap().to_string(), text);
    }

    proptest! {
        #[test]
        fn what_is_built_is_read_back(org in word(36), device in word(36), kind in 0..7_usize) {
            let topic = Topic {
                org: OrgId::new(&org).unwrap(),
                device: DeviceId::new(&device).unwrap(),
                kind: Kind::ALL[kind],
            };
            prop_assert_eq!(Topic::parse(&topic.to_string()), Ok(topic));
        }

        #[test]
        fn what_is_read_is_built_back(text in "(operandi|[a-z+#/]{0,9})/[ -~]{0,8}/[ -~]{0,8}/(birth|[a-z#]{0,9})") {
            if let Ok(topic) = Topic::parse(&text) {
                prop_assert_eq!(topic.to_string(), text);
            }
        }
    }
}
