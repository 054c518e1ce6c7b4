//! The gate every message to a person passes, inside the transaction that begins it: may this person be
//! written to, on this channel, for this purpose? It must never know how a message is sent.

use futures::future::BoxFuture;
use operandi_dsl::{
    Sentence,
    catalog::Words,
    document::Purpose,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    core::Reason,
    store::{
        StoreError, Tx,
        commit::{Gate, SendAsk, Verdict},
    },
};
use serde_json::Value;

use crate::{
    domain::{
        Contact, Record as _,
        contact::{ConsentStatus, SAMPLE_ID},
        identity::Address,
        lookup::{Known, contacts},
    },
    node,
};

/// The reasons of a refusal, which a fallback may serve.
pub mod reason {
    /// The person never agreed to be promoted to on this channel.
    pub const NO_CONSENT: &str = "no_consent";
    /// The person took their agreement back.
    pub const CONSENT_REVOKED: &str = "consent_revoked";
    /// Nobody may write to this person at all.
    pub const SUPPRESSED: &str = "suppressed";
    /// The step names nobody.
    pub const NO_ADDRESS: &str = "no_address";
}

/// Lets a message pass when the person agreed to its purpose on its channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConsentGate;

impl Gate for ConsentGate {
    fn check<'a>(
        &'a self,
        tx: &'a mut Tx,
        _now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>> {
        Box::pin(judge_all(tx, asks, None))
    }
}

/// The gate of a rehearsal on an example that nobody sent: whoever no record knows is the person of the
/// samples, who agreed to every channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExampleGate;

impl Gate for ExampleGate {
    fn check<'a>(
        &'a self,
        tx: &'a mut Tx,
        _now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>> {
        Box::pin(judge_all(tx, asks, example_person()))
    }
}

/// The person of the samples; absent only if the sample were no contact, which a test forbids.
fn example_person() -> Option<Known> {
    Some(Known {
        id: SAMPLE_ID.parse().ok()?,
        contact: serde_json::from_value(Contact::sample()).ok()?,
    })
}

/// The verdicts in the order of the asks; whom no record knows is taken for `stranger`.
async fn judge_all(
    tx: &mut Tx,
    asks: &[SendAsk],
    stranger: Option<Known>,
) -> Result<Vec<Verdict>, StoreError> {
    let mut places = Vec::new();
    let mut addresses = Vec::new();
    for (place, ask) in asks.iter().enumerate() {
        let address = recipient(&ask.params).and_then(|to| Address::parse(&to));
        // A record may have an address of the samples; who is made up is no record all the same.
        let is_stranger = |address: &Address| stranger.as_ref().is_some_and(|one| one.is(address));
        if let Some(address) = address.filter(|address| !is_stranger(address)) {
            places.push(place);
            addresses.push((ask.org, address));
        }
    }
    let mut known: Vec<Option<Known>> = vec![stranger; asks.len()];
    for (found, contact) in contacts(tx, &addresses).await? {
        known[places[found]] = Some(contact);
    }
    Ok(asks
        .iter()
        .zip(&known)
        .map(|(ask, known)| judge(ask, known.as_ref()))
        .collect())
}

/// Who a send is for, as its step says.
fn recipient(params: &Value) -> Option<String> {
    match params.get("to")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The verdict on one send.
fn judge(ask: &SendAsk, known: Option<&Known>) -> Verdict {
    let Some(to) = recipient(&ask.params).filter(|to| !to.trim().is_empty()) else {
        return refuse(reason::NO_ADDRESS, NOBODY);
    };
    let channel = node::channel(&ask.kind).unwrap_or(&ask.kind);
    // Whoever did not say why a message is sent is taken to promote.
    let purpose = ask.purpose.unwrap_or(Purpose::Marketing);
    let consent = known
        .and_then(|known| known.contact.consent.get(channel))
        .map(|consent| consent.status);
    let suppressed = known.is_some_and(|known| known.contact.suppressed);
    match (purpose, suppressed, consent) {
        (Purpose::Internal, _, _) => {}
        (Purpose::Marketing | Purpose::Transactional | Purpose::Service, true, _) => {
            return refuse(reason::SUPPRESSED, NOT_TO_BE_CONTACTED);
        }
        (Purpose::Transactional | Purpose::Service, false, _) => {}
        (Purpose::Marketing, false, Some(ConsentStatus::Granted)) => {}
        (Purpose::Marketing, false, Some(ConsentStatus::Revoked)) => {
            return refuse(
                reason::CONSENT_REVOKED,
                Phrase::new(WANTS_NONE).with("channel", channel_name(channel)),
            );
        }
        (Purpose::Marketing, false, None) => {
            return refuse(
                reason::NO_CONSENT,
                Phrase::new(NOT_AGREED).with("channel", channel_name(channel)),
            );
        }
    }
    Verdict::Send {
        channel: channel.to_owned(),
        recipient: to,
        contact: known.map(|known| known.id),
    }
}

fn refuse(code: &str, says: impl Into<Sentence>) -> Verdict {
    Verdict::Refuse {
        reason: Reason::new(code, says),
    }
}

/// A channel as people write it.
fn channel_name(channel: &str) -> &str {
    match channel {
        "whatsapp" => "WhatsApp",
        "sms" => "SMS",
        other => other,
    }
}

const NOBODY: Words = say!(
    "el paso no dice a quién escribirle",
    "the step names nobody to write to",
    "o passo não diz a quem escrever",
);
const NOT_TO_BE_CONTACTED: Words = say!(
    "a esta persona no hay que contactarla",
    "the person is not to be contacted",
    "esta pessoa não deve ser contatada",
);
const WANTS_NONE: Words = say!(
    "la persona no quiere promociones por {channel}",
    "the person wants no promotion on {channel}",
    "a pessoa não quer promoções por {channel}",
);
const NOT_AGREED: Words = say!(
    "la persona no aceptó promociones por {channel}",
    "the person has not agreed to promotion on {channel}",
    "a pessoa não aceitou promoções por {channel}",
);

#[cfg(test)]
mod tests {
    use operandi_engine::ids::RecordId;
    use serde_json::json;

    use super::*;
    use crate::{domain::Contact, node::tests::call};

    fn ask(kind: &str, purpose: Option<Purpose>, params: Value) -> SendAsk {
        let call = call();
        SendAsk {
            org: call.org,
            workflow: call.workflow,
            run: call.run,
            step: call.step,
            intent: call.intent,
            kind: kind.to_owned(),
            params,
            purpose,
        }
    }

    fn known(contact: Value) -> Known {
        let contact: Contact = serde_json::from_value(contact).expect("a contact");
        Known {
            id: "01990000-0000-7000-8000-000000000001"
                .parse::<RecordId>()
                .expect("an id"),
            contact,
        }
    }

    #[test]
    fn consent_and_suppression_decide_by_purpose() {
        let agreed = json!({ "consent": { "whatsapp": { "status": "granted" } } });
        let by_mail = json!({ "consent": { "email": { "status": "granted" } } });
        let took_back = json!({ "consent": { "whatsapp": { "status": "revoked" } } });
        let suppressed =
            json!({ "suppressed": true, "consent": { "whatsapp": { "status": "granted" } } });
        let nothing = json!({});
        use Purpose::{Internal, Marketing, Service, Transactional};
        for (contact, purpose, expected) in [
            (Some(&agreed), Some(Marketing), "send"),
            (Some(&agreed), None, "send"),
            (Some(&by_mail), Some(Marketing), "no_consent"),
            (Some(&nothing), Some(Marketing), "no_consent"),
            (Some(&nothing), None, "no_consent"),
            (None, Some(Marketing), "no_consent"),
            (None, None, "no_consent"),
            (Some(&took_back), Some(Marketing), "consent_revoked"),
            (Some(&took_back), Some(Transactional), "send"),
            (Some(&took_back), Some(Service), "send"),
            (Some(&nothing), Some(Transactional), "send"),
            (None, Some(Transactional), "send"),
            (None, Some(Service), "send"),
            (Some(&suppressed), Some(Marketing), "suppressed"),
            (Some(&suppressed), Some(Transactional), "suppressed"),
            (Some(&suppressed), Some(Service), "suppressed"),
            (Some(&suppressed), Some(Internal), "send"),
            (None, Some(Internal), "send"),
        ] {
            let known = contact.map(|contact| known(contact.clone()));
            let ask = ask(
                "whatsapp.send_template",
                purpose,
                json!({ "to": "+5491155551234" }),
            );
            let found = match judge(&ask, known.as_ref()) {
                Verdict::Send {
                    channel,
                    recipient,
                    contact,
                } => {
                    assert_eq!(
                        (channel.as_str(), recipient.as_str()),
                        ("whatsapp", "+5491155551234")
                    );
                    assert_eq!(contact, known.as_ref().map(|known| known.id));
                    "send".to_owned()
                }
                Verdict::Refuse { reason } => reason.code,
                Verdict::Hold { .. } => "hold".to_owned(),
            };
            assert_eq!(found, expected, "{contact:?} {purpose:?}");
        }
    }

    #[test]
    fn the_person_of_the_samples_agreed_to_every_channel() {
        let person = example_person().expect("a contact");
        let kinds = node::KINDS.iter().map(|kind| kind.spec());
        let sending: Vec<_> = kinds.filter(|spec| spec.sends).collect();
        assert!(!sending.is_empty());
        for spec in sending {
            let ask = ask(spec.kind, None, json!({ "to": SAMPLE_ID }));
            let verdict = judge(&ask, Some(&person));
            assert!(matches!(verdict, Verdict::Send { .. }), "{}", spec.kind);
        }
    }

    #[test]
    fn a_person_is_known_by_every_address() {
        let person = example_person().expect("a contact");
        for (address, expected) in [
            (SAMPLE_ID, true),
            ("+54 9 11 5555-1234", true),
            ("ANA@example.com", true),
            ("eva@example.com", false),
            ("01990000-0000-7000-8000-000000000009", false),
        ] {
            let found = Address::parse(address).map(|address| person.is(&address));
            assert_eq!(found, Some(expected), "{address}");
        }
    }

    #[test]
    fn a_send_to_nobody_is_refused() {
        for params in [
            json!({}),
            json!({ "to": null }),
            json!({ "to": " " }),
            json!({ "to": ["a"] }),
        ] {
            let verdict = judge(
                &ask("email.send", Some(Purpose::Internal), params.clone()),
                None,
            );
            assert!(matches!(verdict, Verdict::Refuse { .. }), "{params}");
        }
    }
}
