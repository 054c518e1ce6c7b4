//! A living shop: visitors fill carts, give their names, and buy or wander off. Each of them is a story of
//! signed webhooks. The same seed tells the same stories.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat};
use operandi_dsl::time::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{connector::verified::hmac_sha256, domain::Money};

/// How the shop is set up; the connection under test must be the same.
#[derive(Clone, Debug)]
pub struct Config {
    pub shop: String,
    pub client_secret: String,
    pub currency: String,
    /// How many of a hundred visitors buy by themselves.
    pub buys_percent: u32,
    /// How soon who buys does so, after the last change of the cart.
    pub buys_within: Duration,
    /// Whether visitors tick the box that lets the shop write to them.
    pub agrees: bool,
}

/// The shop.
#[derive(Clone, Debug)]
pub struct Shop {
    config: Config,
    dice: Dice,
    visitors: u64,
}

/// One visitor and what the shop posts about them.
#[derive(Clone, Debug)]
pub struct Visit {
    pub first_name: &'static str,
    /// In E.164.
    pub phone: String,
    pub email: String,
    /// What ties the cart to its order.
    pub cart_id: String,
    pub total: Money,
    pub buys: bool,
    /// In the order of their times.
    pub deliveries: Vec<Delivery>,
}

/// One signed webhook.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub at: Timestamp,
    pub topic: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

const NAMES: [&str; 12] = [
    "Ana", "Bruno", "Carla", "Diego", "Elena", "Fabio", "Gisela", "Hugo", "Inés", "João", "Karina",
    "Lucas",
];
const GOODS: [(&str, i64); 6] = [
    ("Remera", 18_900),
    ("Campera", 89_500),
    ("Gorra", 9_900),
    ("Mochila", 54_000),
    ("Buzo", 42_300),
    ("Medias", 3_500),
];
/// How long a visitor looks around before the next step.
const STEP: Duration = Duration::from_secs(20);

impl Shop {
    /// A shop nobody has visited yet.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            config,
            dice: Dice(seed),
            visitors: 0,
        }
    }

    /// The next visitor, who comes at `at`.
    pub fn visit(&mut self, at: Timestamp) -> Visit {
        self.visitors += 1;
        let number = self.visitors;
        let first_name = NAMES[self.dice.below(NAMES.len())];
        let phone = format!("+54911{:08}", 40_000_000 + (number * 7_919) % 9_999_999);
        let email = format!("visitante{number}@example.com");
        let (cart_id, basket) = (self.dice.token(), self.dice.token());
        let lines: Vec<(&str, i64, i64)> = (0..=self.dice.below(3))
            .map(|_| {
                let (title, price) = GOODS[self.dice.below(GOODS.len())];
                (title, price, 1 + i64::from(self.dice.below(2) == 1))
            })
            .collect();
        let buys = self.dice.below(100) < self.config.buys_percent as usize;
        let total = self.total(&lines);
        let scene = Scene {
            number,
            first_name,
            phone: &phone,
            email: &email,
            cart_id: &cart_id,
            basket: &basket,
            total: &total,
        };
        let times: Vec<Timestamp> = std::iter::successors(Some(at), |time| Some(time.after(STEP)))
            .take(4)
            .collect();
        let mut deliveries = vec![
            self.delivery(
                "carts/create",
                times[0],
                &self.basket(&scene, &lines[..1], at, times[0]),
            ),
            self.delivery(
                "checkouts/create",
                times[1],
                &self.checkout(&scene, &lines[..1], times[1], times[1], None),
            ),
            self.delivery(
                "checkouts/update",
                times[2],
                &self.checkout(&scene, &lines, times[1], times[2], None),
            ),
        ];
        if buys {
            let within = u64::try_from(self.config.buys_within.as_millis())
                .unwrap_or(u64::MAX)
                .max(1);
            let bought = times[2].after(Duration::from_millis(self.dice.next() % within));
            let paid = bought.after(Duration::from_secs(2));
            deliveries.extend([
                self.delivery(
                    "orders/create",
                    bought,
                    &self.order(&scene, &lines, bought, bought, "pending"),
                ),
                self.delivery(
                    "checkouts/update",
                    bought,
                    &self.checkout(&scene, &lines, times[1], bought, Some(bought)),
                ),
                self.delivery(
                    "orders/paid",
                    paid,
                    &self.order(&scene, &lines, bought, paid, "paid"),
                ),
            ]);
        }
        Visit {
            first_name,
            phone,
            email,
            cart_id,
            total,
            buys,
            deliveries,
        }
    }

    /// What the shop posts when a visitor who had wandered off comes back and buys.
    pub fn comes_back(&mut self, visit: &Visit, at: Timestamp) -> Vec<Delivery> {
        let basket = self.dice.token();
        let scene = Scene {
            number: self.visitors + 1_000_000,
            first_name: visit.first_name,
            phone: &visit.phone,
            email: &visit.email,
            cart_id: &visit.cart_id,
            basket: &basket,
            total: &visit.total,
        };
        self.visitors += 1;
        let paid = at.after(Duration::from_secs(2));
        let lines = [("Lo que quedó en el carrito", visit.total.units() as i64, 1)];
        vec![
            self.delivery(
                "orders/create",
                at,
                &self.order(&scene, &lines, at, at, "pending"),
            ),
            self.delivery(
                "orders/paid",
                paid,
                &self.order(&scene, &lines, at, paid, "paid"),
            ),
        ]
    }

    fn total(&self, lines: &[(&str, i64, i64)]) -> Money {
        let units: i64 = lines
            .iter()
            .map(|(_, price, quantity)| price * quantity)
            .sum();
        Money::parse(&units.to_string(), &self.config.currency).unwrap_or(Money {
            amount: units,
            currency: self.config.currency.clone(),
        })
    }

    fn basket(
        &self,
        scene: &Scene<'_>,
        lines: &[(&str, i64, i64)],
        created: Timestamp,
        updated: Timestamp,
    ) -> Value {
        json!({
            "id": scene.basket, "token": scene.basket, "created_at": rfc3339(created), "updated_at": rfc3339(updated),
            "line_items": line_items(lines),
        })
    }

    fn checkout(
        &self,
        scene: &Scene<'_>,
        lines: &[(&str, i64, i64)],
        created: Timestamp,
        updated: Timestamp,
        completed: Option<Timestamp>,
    ) -> Value {
        json!({
            "id": 900_000_000 + scene.number, "token": scene.cart_id, "cart_token": scene.basket,
            "email": scene.email, "phone": scene.phone,
            "abandoned_checkout_url": format!("https://{}/checkouts/ac/{}/recover?key=k", self.config.shop, scene.cart_id),
            "created_at": rfc3339(created), "updated_at": rfc3339(updated), "completed_at": completed.map(rfc3339),
            "currency": self.config.currency, "presentment_currency": self.config.currency,
            "total_price": self.total(lines).to_string(), "subtotal_price": self.total(lines).to_string(),
            "buyer_accepts_marketing": self.config.agrees, "customer_locale": "es-AR",
            "customer": { "id": scene.number, "first_name": scene.first_name },
            "shipping_address": { "country_code": "AR", "phone": scene.phone },
            "note_attributes": self.consent(),
            "line_items": line_items(lines),
        })
    }

    fn order(
        &self,
        scene: &Scene<'_>,
        lines: &[(&str, i64, i64)],
        created: Timestamp,
        updated: Timestamp,
        paid: &str,
    ) -> Value {
        json!({
            "id": 500_000_000 + scene.number, "name": format!("#{}", 1000 + scene.number),
            "email": scene.email, "phone": scene.phone, "created_at": rfc3339(created), "updated_at": rfc3339(updated),
            "financial_status": paid, "fulfillment_status": null, "currency": self.config.currency,
            "total_price": scene.total.to_string(), "checkout_token": scene.cart_id, "cart_token": scene.basket,
            "customer": { "id": scene.number, "email": scene.email, "phone": scene.phone, "first_name": scene.first_name },
            "note_attributes": self.consent(), "line_items": line_items(lines), "discount_codes": [],
        })
    }

    fn consent(&self) -> Value {
        if self.config.agrees {
            json!([{ "name": "wa_opt_in", "value": "1" }])
        } else {
            json!([])
        }
    }

    fn delivery(&self, topic: &'static str, at: Timestamp, body: &Value) -> Delivery {
        let body = body.to_string();
        let mac = hmac_sha256(
            &SecretString::from(self.config.client_secret.clone()),
            &body.clone().into(),
        );
        // The same delivery always has the same id, however often it is made.
        let id = hex::encode(&mac[..16]);
        let headers = vec![
            ("X-Shopify-Topic", topic.to_owned()),
            ("X-Shopify-Hmac-SHA256", STANDARD.encode(mac)),
            ("X-Shopify-Shop-Domain", self.config.shop.clone()),
            ("X-Shopify-API-Version", "2026-10".to_owned()),
            ("X-Shopify-Webhook-Id", id.clone()),
            ("X-Shopify-Event-Id", id),
            ("X-Shopify-Triggered-At", rfc3339(at)),
            ("Content-Type", "application/json".to_owned()),
        ];
        Delivery {
            at,
            topic,
            headers,
            body,
        }
    }
}

struct Scene<'a> {
    number: u64,
    first_name: &'a str,
    phone: &'a str,
    email: &'a str,
    cart_id: &'a str,
    basket: &'a str,
    total: &'a Money,
}

fn line_items(lines: &[(&str, i64, i64)]) -> Value {
    lines
        .iter()
        .map(|(title, price, quantity)| {
            json!({ "title": title, "quantity": quantity, "price": price.to_string(), "product_id": price, "variant_id": price + 1, "sku": format!("SKU-{price}") })
        })
        .collect()
}

fn rfc3339(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    fn token(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::{
        Connector,
        shopify::{NAME, Shopify},
        tests::{connection, post},
    };

    fn shop(seed: u64) -> Shop {
        let config = Config {
            shop: "demo.myshopify.com".to_owned(),
            client_secret: "s".to_owned(),
            currency: "ARS".to_owned(),
            buys_percent: 50,
            buys_within: Duration::from_secs(1800),
            agrees: true,
        };
        Shop::new(config, seed)
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let tell = |seed| {
            let mut shop = shop(seed);
            (0..5)
                .flat_map(|_| shop.visit(Timestamp(0)).deliveries)
                .map(|delivery| delivery.body)
                .collect::<Vec<_>>()
        };
        assert_eq!(tell(1), tell(1));
        assert_ne!(tell(1), tell(2));
    }

    #[test]
    fn the_connector_takes_everything_the_shop_posts() {
        let connection = connection(
            NAME,
            json!({ "shop": "demo.myshopify.com" }),
            &json!({ "client_secret": "s" }),
        );
        let mut shop = shop(7);
        let mut bought = 0;
        for _ in 0..50 {
            let visit = shop.visit(Timestamp(1_767_225_600_000));
            let mut deliveries = visit.deliveries.clone();
            bought += usize::from(visit.buys);
            if !visit.buys {
                deliveries.extend(shop.comes_back(&visit, Timestamp(1_767_325_600_000)));
            }
            assert!(deliveries.is_sorted_by_key(|delivery| delivery.at));
            let mut cart_ids = Vec::new();
            for delivery in deliveries {
                let headers: Vec<(&str, &str)> = delivery
                    .headers
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                let verified = Shopify
                    .verify(&connection, post(&headers, delivery.body))
                    .expect("signed");
                let ingests = Shopify
                    .parse(&connection, &verified, Timestamp(0))
                    .expect("parsed");
                cart_ids.extend(
                    ingests[0]
                        .records
                        .iter()
                        .filter_map(|write| Some(write.patch.get("cart_id")?.as_str()?.to_owned())),
                );
            }
            assert!(
                cart_ids[1..].iter().all(|id| *id == visit.cart_id),
                "{cart_ids:?}"
            );
        }
        assert!((10..40).contains(&bought), "{bought}");
    }
}
