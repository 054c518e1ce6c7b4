//! Deliveries in the order the world sends them, through the real store: what workflows get to see.

use operandi_dsl::expr::{Expr, Language, Scope};
use operandi_engine::{
    event::NewEvent,
    store::{
        Db,
        records::{self, Applied, Pending},
        sql,
    },
};
use serde_json::Value;

use super::{
    tests::{checkout, connected, deliver, order},
    *,
};
use crate::{
    catalog,
    domain::{contact::ConsentStatus, identity::Address, lookup},
};

/// A shop's store.
struct Store {
    db: Db,
    connection: Connection,
    _folder: tempfile::TempDir,
}

impl Store {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&sql::Settings::folder(folder.path()))
            .await
            .expect("a database");
        Self {
            db,
            connection: connected(),
            _folder: folder,
        }
    }

    /// Commits one delivery; gives the change events that follow.
    async fn take(&self, topic: &str, body: &Value) -> Vec<NewEvent> {
        let ingest = deliver(&self.connection, topic, &body.to_string())
            .expect(topic)
            .remove(0);
        let writes: Vec<Pending<'_>> = ingest
            .records
            .iter()
            .map(|write| Pending {
                org: ingest.org,
                delivery: 0,
                write,
            })
            .collect();
        let mut tx = self.db.begin_write().await.expect("a transaction");
        let applied: Vec<Applied> = records::apply(
            &mut tx,
            &catalog::kinds(),
            Timestamp(1_767_400_000_000),
            &writes,
        )
        .await
        .expect("applied");
        tx.commit().await.expect("committed");
        applied
            .into_iter()
            .flat_map(|applied| applied.events)
            .collect()
    }
}

fn find<'a>(events: &'a [NewEvent], kind: &str) -> Option<&'a Value> {
    events
        .iter()
        .find(|event| event.kind == kind)
        .map(|event| &event.data)
}

/// Whether the trigger of a cart recovery takes an event.
fn starts_a_recovery(event: &Value) -> bool {
    let language = Language::untimed();
    let condition =
        Expr::compile(&language, "event.total > 0.0 && event.contact != ()").expect("compiles");
    let mut scope = Scope::new(&language);
    scope.set("event", event);
    condition.test(&mut scope).expect("an answer")
}

/// The same delivery at another time.
fn later(mut body: Value, updated_at: &str) -> Value {
    body["updated_at"] = json!(updated_at);
    body
}

#[tokio::test]
async fn a_cart_is_seen_and_its_order_ends_it() {
    let store = Store::open().await;
    let events = store.take("checkouts/create", &checkout()).await;
    let cart = find(&events, "cart.created").expect("a cart");
    assert!(starts_a_recovery(cart), "{cart}");
    let contact = find(&events, "contact.created").expect("a contact");
    assert_eq!(cart["contact"], contact["id"]);

    let bigger = json!({ "total_price": "39990" });
    let mut changed = later(checkout(), "2026-01-02T10:06:00-03:00");
    changed["total_price"] = bigger["total_price"].clone();
    let events = store.take("checkouts/update", &changed).await;
    let cart = find(&events, "cart.updated").expect("an update");
    assert!(
        starts_a_recovery(cart) && cart["total"] == 39990.0,
        "{cart}"
    );

    let events = store.take("orders/create", &order()).await;
    let order_seen = find(&events, "order.created").expect("an order");
    assert_eq!(order_seen["cart_id"], cart["cart_id"]);
    assert_eq!(order_seen["contact"], cart["contact"]);
    let emptied = find(&events, "cart.updated").expect("an update");
    assert!(!starts_a_recovery(emptied), "{emptied}");

    // Late words about the cart change nothing that matters.
    for (topic, body) in [
        ("checkouts/update", checkout()),
        (
            "checkouts/update",
            later(checkout(), "2026-01-02T10:09:59-03:00"),
        ),
        (
            "carts/update",
            json!({ "token": "ca57", "updated_at": "2026-01-02T13:09:00Z", "currency": "CLP", "line_items": [{ "title": "x", "quantity": 1, "price": "5" }] }),
        ),
        ("orders/create", order()),
    ] {
        for event in store.take(topic, &body).await {
            assert!(
                event.kind != "cart.updated" || !starts_a_recovery(&event.data),
                "{topic}: {}",
                event.data
            );
        }
    }
}

#[tokio::test]
async fn an_order_that_overtakes_its_cart_leaves_nothing_to_recover() {
    let store = Store::open().await;
    store.take("orders/paid", &order()).await;
    for event in store.take("checkouts/update", &checkout()).await {
        assert!(
            !event.kind.starts_with("cart.") || !starts_a_recovery(&event.data),
            "{}",
            event.data
        );
    }
    let events = store.take("orders/create", &order()).await;
    assert!(
        find(&events, "order.created").is_none(),
        "it was there already"
    );
}

#[tokio::test]
async fn one_person_under_many_names_is_one_contact() {
    let store = Store::open().await;
    store.take("checkouts/create", &checkout()).await;
    let mut tx = store.db.begin_read().await.expect("a transaction");
    let asked: Vec<_> = ["+56911111111", "ana@x.cl", "nobody@x.cl"]
        .iter()
        .map(|text| {
            (
                store.connection.org,
                Address::parse(text).expect("an address"),
            )
        })
        .collect();
    let found = lookup::contacts(&mut tx, &asked).await.expect("found");
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(found[&0], found[&1]);
    assert_eq!(found[&0].contact.first_name.as_deref(), Some("Ana"));
    let by_id = [(store.connection.org, Address::Contact(found[&0].id))];
    assert_eq!(
        lookup::contacts(&mut tx, &by_id).await.expect("found")[&0],
        found[&0]
    );
    let elsewhere = [
        (connected().org, Address::Contact(found[&0].id)),
        (connected().org, asked[0].1.clone()),
    ];
    assert!(
        lookup::contacts(&mut tx, &elsewhere)
            .await
            .expect("found")
            .is_empty(),
        "another organisation's"
    );
}

#[tokio::test]
async fn a_consent_taken_back_is_not_renewed_by_an_old_order() {
    let store = Store::open().await;
    store.take("orders/create", &order()).await;
    let revoked = json!({
        "id": 1, "email": "ana@x.cl", "updated_at": "2026-01-03T00:00:00Z",
        "email_marketing_consent": { "state": "unsubscribed", "consent_updated_at": "2026-01-03T00:00:00Z" },
    });
    store.take("customers/update", &revoked).await;
    let mut shipped = later(order(), "2026-01-09T10:00:00-03:00");
    shipped["buyer_accepts_marketing"] = json!(true);
    shipped["fulfillment_status"] = json!("fulfilled");
    store.take("orders/fulfilled", &shipped).await;
    let mut tx = store.db.begin_read().await.expect("a transaction");
    let asked = [(store.connection.org, Address::Email("ana@x.cl".to_owned()))];
    let ana = lookup::contacts(&mut tx, &asked)
        .await
        .expect("found")
        .remove(&0)
        .expect("Ana")
        .contact;
    let status = |channel: &str| ana.consent.get(channel).map(|consent| consent.status);
    assert_eq!(status("email"), Some(ConsentStatus::Revoked));
    assert_eq!(status("whatsapp"), Some(ConsentStatus::Granted));
}
