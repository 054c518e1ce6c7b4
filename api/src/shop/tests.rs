use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::{Habits, Happening, Shop, Stamp, sign};

fn play(seed: u64, hours: u64) -> Vec<Happening> {
    Shop::new(seed, Habits::default()).until(Duration::from_secs(hours * 3600))
}

fn words(happened: &[Happening]) -> Vec<String> {
    let stamp = Stamp {
        play: "p".into(),
        now: Timestamp(0),
    };
    happened
        .iter()
        .map(|one| format!("{:?}", one.delivery(&stamp)))
        .collect()
}

#[test]
fn the_same_seed_plays_the_same_day() {
    assert_eq!(words(&play(7, 4)), words(&play(7, 4)));
    assert_ne!(words(&play(7, 4)), words(&play(8, 4)));
}

#[test]
fn most_carts_are_left_and_nobody_buys_twice() {
    let happened = play(1, 24);
    let count = |test: fn(&Happening) -> bool| happened.iter().filter(|one| test(one)).count();
    let carts = count(|one| matches!(one, Happening::Cart(_)));
    let orders = count(|one| matches!(one, Happening::Order(_)));
    let left = count(|one| matches!(one, Happening::Left(_)));
    assert!(carts > 1_000, "{carts}");
    assert!(
        orders * 5 > carts && orders * 2 < carts,
        "{orders} of {carts}"
    );
    assert!(left > orders);
}

#[test]
fn a_reminder_brings_some_back() {
    let mut shop = Shop::new(
        3,
        Habits {
            buyers: 0,
            returners: 100,
            ..Habits::default()
        },
    );
    let mut reminded = 0;
    let mut recovered = 0;
    for minute in 1..600 {
        let now = Duration::from_secs(minute * 60);
        for happening in shop.until(now) {
            match happening {
                Happening::Left(visit) => {
                    reminded += 1;
                    shop.remind(visit.person.phone.trim_start_matches('+'), now);
                }
                Happening::Order(visit) => {
                    assert!(visit.reminded);
                    recovered += 1;
                }
                Happening::Cart(_) | Happening::More(_) | Happening::Paid(_) => {}
            }
        }
    }
    assert!(recovered > reminded * 9 / 10, "{recovered} of {reminded}");
}

#[test]
fn the_signature_is_the_vendors() {
    // RFC 4231, test case 2, in base64.
    let signature = sign(&"Jefe".into(), b"what do ya want for nothing?");
    assert_eq!(signature, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}
