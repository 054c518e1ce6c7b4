//! The names the outside has for one person, as unique aliases: whoever is met under any of them is the
//! same contact.

use operandi_dsl::expr::library::phone;
use operandi_engine::ids::{ConnectionId, RecordId};

/// A person's id in a store or other system, together with the connection it was met on.
pub const EXTERNAL: &str = "external";
/// WhatsApp's own id of a person.
pub const WHATSAPP: &str = "whatsapp";
/// A phone in E.164, its national variants made one.
pub const PHONE: &str = "phone";
/// An email address in lower case.
pub const EMAIL: &str = "email";

/// What is known of who somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    keys: Vec<(String, String)>,
}

impl Identity {
    /// The aliases, most trusted first.
    #[must_use]
    pub fn into_keys(mut self) -> Vec<(String, String)> {
        self.keys.sort_by_key(|(name, _)| {
            [EXTERNAL, WHATSAPP, PHONE, EMAIL]
                .iter()
                .position(|known| known == name)
        });
        self.keys
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds an id of a store or other system.
    #[must_use]
    pub fn external(self, connection: ConnectionId, id: &str) -> Self {
        if id.trim().is_empty() {
            self
        } else {
            self.with(EXTERNAL, format!("{connection}:{}", id.trim()))
        }
    }

    /// Adds WhatsApp's id.
    #[must_use]
    pub fn whatsapp(self, user: &str) -> Self {
        if user.trim().is_empty() {
            self
        } else {
            self.with(WHATSAPP, user.trim().to_owned())
        }
    }

    /// Adds a phone, when it is one.
    #[must_use]
    pub fn phone(self, text: &str, country: Option<&str>) -> Self {
        match phone_key(text, country) {
            Some(phone) => self.with(PHONE, phone),
            None => self,
        }
    }

    /// Adds an email address, when it is one.
    #[must_use]
    pub fn email(self, text: &str) -> Self {
        match email_key(text) {
            Some(email) => self.with(EMAIL, email),
            None => self,
        }
    }

    fn with(mut self, name: &str, value: String) -> Self {
        self.keys.push((name.to_owned(), value));
        self
    }
}

/// A phone as all its variants are written here; `country` is where a number without a prefix is from.
#[must_use]
pub fn phone_key(text: &str, country: Option<&str>) -> Option<String> {
    phone::normalize(text, country.unwrap_or_default())
}

/// An email address as it is compared.
#[must_use]
pub fn email_key(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    (plain
        && !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.'))
    .then_some(email)
}

/// How a workflow names the person a message goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A contact by its id.
    Contact(RecordId),
    /// WhatsApp's own id of a person.
    WhatsAppUser(String),
    Email(String),
    /// In E.164.
    Phone(String),
}

impl Address {
    /// Reads an address; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Some(Self::Contact(id));
        }
        if let Some(email) = email_key(text) {
            return Some(Self::Email(email));
        }
        if is_whatsapp_user(text) {
            return Some(Self::WhatsAppUser(text.to_owned()));
        }
        phone_key(text, None).map(Self::Phone)
    }

    /// The alias to look a contact up by; a contact's own id is none.
    #[must_use]
    pub fn alias(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Contact(_) => None,
            Self::WhatsAppUser(user) => Some((WHATSAPP, user)),
            Self::Email(email) => Some((EMAIL, email)),
            Self::Phone(phone) => Some((PHONE, phone)),
        }
    }
}

/// WhatsApp's user ids are a country's two letters, a dot, and a name of at most 128 characters.
fn is_whatsapp_user(text: &str) -> bool {
    text.split_once('.').is_some_and(|(country, name)| {
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=128).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_of_one_phone_are_one_person() {
        for (variants, country) in [
            (
                &[
                    "+54 9 11 5555-1234",
                    "+541155551234",
                    "5491155551234",
                    "541155551234",
                    "+54 11 15 5555 1234",
                ][..],
                "AR",
            ),
            (
                &["+52 1 55 1234 5678", "+525512345678", "5215512345678"][..],
                "MX",
            ),
            (
                &["+55 11 98765-4321", "+551187654321", "5511987654321"][..],
                "BR",
            ),
        ] {
            let keys: Vec<_> = variants
                .iter()
                .map(|text| phone_key(text, Some(country)))
                .collect();
            assert!(keys[0].is_some(), "{variants:?}");
            assert!(
                keys.iter().all(|key| *key == keys[0]),
                "{variants:?} -> {keys:?}"
            );
        }
        assert_ne!(
            phone_key("+5491155551234", None),
            phone_key("+5491155551235", None)
        );
        for nobody in ["", "abc", "+", "12", "+999999999999999999999"] {
            assert_eq!(phone_key(nobody, None), None, "{nobody}");
        }
    }

    #[test]
    fn addresses_are_told_apart() {
        let id = "01990000-0000-7000-8000-000000000001";
        for (text, expected) in [
            (id, Some(Address::Contact(id.parse().expect("an id")))),
            (
                " Ana@Example.com ",
                Some(Address::Email("ana@example.com".to_owned())),
            ),
            (
                "AR.134912086553",
                Some(Address::WhatsAppUser("AR.134912086553".to_owned())),
            ),
            (
                "AR.ENT.118157",
                Some(Address::WhatsAppUser("AR.ENT.118157".to_owned())),
            ),
            (
                "+56911111111",
                Some(Address::Phone("+56911111111".to_owned())),
            ),
            ("ana@", None),
            ("@x.cl", None),
            ("a b@x.cl", None),
            ("hola", None),
            ("", None),
        ] {
            assert_eq!(Address::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn the_most_trusted_name_comes_first() {
        let connection: ConnectionId = "01990000-0000-7000-8000-000000000002"
            .parse()
            .expect("an id");
        let keys = Identity::default()
            .email("Ana@x.cl")
            .phone("+56911111111", None)
            .whatsapp("CL.1")
            .external(connection, "7")
            .email("not an email")
            .into_keys();
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [EXTERNAL, WHATSAPP, PHONE, EMAIL]);
        assert_eq!(keys[3].1, "ana@x.cl");
    }
}
