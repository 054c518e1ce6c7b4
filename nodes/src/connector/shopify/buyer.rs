//! The person behind a cart or an order, and what they agreed to.

use operandi_dsl::time::Timestamp;
use operandi_engine::event::RecordWrite;
use serde_json::{Map, Value, json};

use super::{
    NAME,
    convert::moment,
    parse::Reader,
    payload::{Address, Customer},
};
use crate::domain::{
    contact::{Consent, ConsentStatus},
    identity::{Identity, email_key, phone_key},
};

/// What is known of the person behind a cart or an order.
pub(super) struct Buyer<'a> {
    pub(super) customer: Option<&'a Customer>,
    pub(super) email: Option<&'a str>,
    pub(super) phone: Option<&'a str>,
    pub(super) addresses: [Option<&'a Address>; 2],
    pub(super) locale: Option<&'a str>,
    pub(super) accepts_email: Option<bool>,
    /// When the boxes of the checkout were ticked, as far as is known.
    pub(super) ticked_at: Timestamp,
    pub(super) attributes: &'a [(String, String)],
}

impl Reader<'_> {
    /// Writes what is known of a person; gives how the other records of this delivery name them.
    pub(super) fn buyer(&mut self, buyer: &Buyer<'_>, as_of: Timestamp) -> Option<String> {
        let default = buyer
            .customer
            .and_then(|customer| customer.default_address.as_ref());
        let addresses = || buyer.addresses.iter().copied().flatten().chain(default);
        let country = addresses()
            .find_map(|address| address.country_code.clone())
            .or_else(|| self.settings.country.clone())
            .map(|country| country.to_ascii_uppercase());
        let own = |pick: fn(&Customer) -> Option<&str>| buyer.customer.and_then(pick);
        let email = buyer
            .email
            .or(own(|customer| customer.email.as_deref()))
            .and_then(email_key);
        let phone = [buyer.phone, own(|customer| customer.phone.as_deref())]
            .into_iter()
            .flatten()
            .chain(addresses().filter_map(|address| address.phone.as_deref()))
            .find_map(|phone| phone_key(phone, country.as_deref()));
        let mut identity = Identity::default()
            .phone(phone.as_deref().unwrap_or_default(), None)
            .email(email.as_deref().unwrap_or_default());
        let customer_id = buyer.customer.and_then(|customer| customer.id.0.clone());
        if let Some(id) = &customer_id {
            identity = identity.external(self.connection.id, id);
        }
        if identity.is_empty() {
            return None;
        }
        let name = |own: Option<&str>, pick: fn(&Address) -> Option<&str>| {
            own.or_else(|| addresses().find_map(pick))
                .filter(|name| !name.trim().is_empty())
                .map(str::to_owned)
        };
        let fields = [
            (
                "first_name",
                name(own(|customer| customer.first_name.as_deref()), |a| {
                    a.first_name.as_deref()
                }),
            ),
            (
                "last_name",
                name(own(|customer| customer.last_name.as_deref()), |a| {
                    a.last_name.as_deref()
                }),
            ),
            ("phone", phone),
            ("email", email),
            ("country", country),
            ("language", buyer.locale.map(str::to_owned)),
        ];
        let mut patch: Map<String, Value> = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
            .collect();
        if let Some(id) = customer_id {
            patch.insert(
                "external_ids".to_owned(),
                json!({ self.connection.id.to_string(): id }),
            );
        }
        if let Some(tags) = own(|customer| customer.tags.as_deref())
            .map(split_tags)
            .filter(|tags| !tags.is_empty())
        {
            patch.insert("tags".to_owned(), json!(tags));
        }
        let keys = identity.into_keys();
        for (channel, consent, at) in self.consents(buyer, as_of) {
            let said = json!({ channel: consent });
            if at == as_of {
                merge(&mut patch, said);
            } else {
                // It was said at another time than the rest: an order that changes a week later does
                // not renew a consent that was taken back meanwhile.
                let patch = Map::from_iter([("consent".to_owned(), said)]);
                self.agreements.push(RecordWrite {
                    kind: "contact".to_owned(),
                    keys: keys.clone(),
                    patch,
                    as_of: at,
                });
            }
        }
        Some(self.record("contact", keys, patch, as_of))
    }

    /// What the person said of being written to. A box left unticked at a checkout takes nothing back.
    fn consents(
        &self,
        buyer: &Buyer<'_>,
        as_of: Timestamp,
    ) -> Vec<(&'static str, Consent, Timestamp)> {
        let mut consents = Vec::new();
        let mut note = |channel: &'static str, status: ConsentStatus, at: Timestamp| {
            let consent = Consent {
                status,
                at: Some(at),
                source: Some(NAME.to_owned()),
            };
            consents.push((channel, consent, at));
        };
        if buyer.accepts_email == Some(true) {
            note("email", ConsentStatus::Granted, buyer.ticked_at);
        }
        if let Some(customer) = buyer.customer {
            for (channel, consent) in [
                ("email", &customer.email_marketing_consent),
                ("sms", &customer.sms_marketing_consent),
            ] {
                let Some(consent) = consent else { continue };
                let at = consent
                    .consent_updated_at
                    .as_deref()
                    .and_then(moment)
                    .unwrap_or(as_of);
                match consent.state.as_deref() {
                    Some("subscribed") => note(channel, ConsentStatus::Granted, at),
                    Some("unsubscribed" | "redacted") => note(channel, ConsentStatus::Revoked, at),
                    Some(_) | None => {}
                }
            }
        }
        let opted_in = buyer.attributes.iter().any(|(name, value)| {
            *name == self.settings.whatsapp_opt_in_attribute
                && ["1", "true", "yes", "si", "sí", "sim", "on"]
                    .contains(&value.trim().to_lowercase().as_str())
        });
        if opted_in {
            note("whatsapp", ConsentStatus::Granted, buyer.ticked_at);
        }
        consents
    }
}

/// Adds what was said on a channel to what was said on others.
fn merge(patch: &mut Map<String, Value>, said: Value) {
    match (patch.get_mut("consent"), said) {
        (Some(Value::Object(known)), Value::Object(said)) => known.extend(said),
        (_, said) => {
            patch.insert("consent".to_owned(), said);
        }
    }
}

fn split_tags(tags: &str) -> Vec<String> {
    tags.split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}
