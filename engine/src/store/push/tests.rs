//! Browsers and what they are to be told, on real databases.

use std::time::Duration;

use operandi_dsl::{document::AlertLevel, time::Timestamp};

use super::*;
use crate::{
    alert::{Act, AlertMove, Opening, Told, Whose},
    clock,
    ids::{AlertId, OrgId, SubscriptionId, UserId, WorkflowId},
    store::{
        accounts::{
            NewOrg, NewUser, OWNER, add_member, create_org, create_user, disable_user,
            remove_member,
        },
        alerts,
        connections::Sealed,
        sql::Db,
        testing::on_each_database,
    },
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const LEASE: Duration = Duration::from_secs(60);

fn after(secs: u64) -> Timestamp {
    NOW.after(Duration::from_secs(secs))
}

fn browser(endpoint: &str) -> NewSubscription {
    NewSubscription {
        endpoint: format!("https://push.example.com/{endpoint}"),
        p256dh: "key".to_owned(),
        auth: "secret".to_owned(),
        lang: "es".to_owned(),
    }
}

/// An organisation, its owner, and another member.
async fn shop(db: &Db) -> (OrgId, UserId, UserId) {
    let mut tx = db.begin_write().await.unwrap();
    let org = create_org(&mut tx, NOW, &NewOrg::named("Shop"))
        .await
        .unwrap();
    let mut people = Vec::new();
    for role in [OWNER, "viewer"] {
        let new = NewUser {
            email: format!("{}@example.com", clock::new_uuid()),
            name: "Ana".to_owned(),
            password_hash: "hash".to_owned(),
        };
        let user = create_user(&mut tx, NOW, &new).await.unwrap();
        add_member(&mut tx, NOW, org, user, role).await.unwrap();
        people.push(user);
    }
    tx.commit().await.unwrap();
    (org, people[0], people[1])
}

async fn listen(db: &Db, whose: (OrgId, UserId), endpoint: &str) -> SubscriptionId {
    let mut tx = db.begin_write().await.unwrap();
    let id = subscribe(&mut tx, NOW, whose, &browser(endpoint))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// One alert of an organisation, and what is done to it.
struct Story<'a> {
    db: &'a Db,
    org: OrgId,
    rule: WorkflowId,
}

impl<'a> Story<'a> {
    fn new(db: &'a Db, org: OrgId) -> Self {
        let rule = WorkflowId::from_uuid(clock::new_uuid());
        Self { db, org, rule }
    }

    async fn then(&self, act: Act) {
        let step = AlertMove {
            whose: Whose::Subject(self.rule, "fridge".to_owned()),
            act,
        };
        let mut tx = self.db.begin_write().await.unwrap();
        let applied = alerts::apply(&mut tx, NOW, self.org, &[step]).await;
        tx.commit().await.unwrap();
        applied.unwrap().answers.remove(0).unwrap();
    }

    async fn opens(&self) {
        let opening = Opening {
            id: AlertId::from_uuid(clock::new_uuid()),
            device: None,
            metric: None,
            level: AlertLevel::Warning,
            latches: true,
            cause: None,
            unit: None,
            value: Some(9.0),
            since: NOW,
        };
        self.then(Act::Open(Box::new(opening))).await;
    }

    async fn rises(&self) {
        let level = AlertLevel::Critical;
        self.then(Act::Rise { level, value: None }).await;
    }

    async fn recovers(&self) {
        self.then(Act::Recover { value: None }).await;
    }
}

fn ana() -> String {
    "Ana".to_owned()
}

/// What is due, as browser and word.
async fn lines(db: &Db, now: Timestamp) -> Vec<(SubscriptionId, Told)> {
    let due = due(db, now, 100).await.unwrap();
    let mut lines: Vec<_> = due.iter().map(|one| (one.browser, one.told)).collect();
    lines.sort_by_key(|(browser, _)| *browser);
    lines
}

async fn first(db: &Db, now: Timestamp) -> Due {
    due(db, now, 1).await.unwrap().remove(0)
}

#[tokio::test]
async fn every_browser_of_the_organisation_is_told_and_nobody_else() {
    on_each_database(|db| async move {
        let (org, ana, bea) = shop(&db).await;
        let (other, stranger, _) = shop(&db).await;
        let mut mine = [
            listen(&db, (org, ana), "ana").await,
            listen(&db, (org, bea), "bea").await,
        ];
        mine.sort();
        let theirs = listen(&db, (other, stranger), "stranger").await;
        Story::new(&db, org).opens().await;
        assert_eq!(lines(&db, NOW).await, mine.map(|one| (one, Told::Opened)));
        Story::new(&db, other).opens().await;
        assert_eq!(lines(&db, NOW).await.len(), 3);
        // Without a browser nothing is kept.
        assert!(!unsubscribed(&db, (org, ana), theirs).await);
        assert!(!unsubscribed(&db, (other, ana), theirs).await);
        assert!(unsubscribed(&db, (other, stranger), theirs).await);
        Story::new(&db, other).opens().await;
        assert_eq!(lines(&db, NOW).await.len(), 3);
        assert_eq!(listening(&db, other, theirs).await.unwrap(), None);
    })
    .await;
}

async fn unsubscribed(db: &Db, whose: (OrgId, UserId), id: SubscriptionId) -> bool {
    let mut tx = db.begin_write().await.unwrap();
    let done = unsubscribe(&mut tx, whose, id).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn the_last_news_are_told_and_only_while_they_have_a_point() {
    on_each_database(|db| async move {
        let (org, ana_id, _) = shop(&db).await;
        let id = listen(&db, (org, ana_id), "ana").await;
        let story = Story::new(&db, org);

        // Over before anybody was told.
        story.opens().await;
        story.rises().await;
        assert_eq!(lines(&db, NOW).await, [(id, Told::Raised)]);
        story.recovers().await;
        assert_eq!(lines(&db, NOW).await, []);

        // Wrong again, which was heard: then its end is news, too.
        story.opens().await;
        let mut news = first(&db, NOW).await;
        assert!(take(&db, &mut news, after(60)).await.unwrap());
        told(&db, NOW, &news).await.unwrap();
        story
            .then(Act::Note {
                who: ana(),
                note: "puerta".to_owned(),
            })
            .await;
        assert_eq!(lines(&db, NOW).await, []);
        story.recovers().await;
        assert_eq!(lines(&db, NOW).await, [(id, Told::Recovered)]);

        // Somebody sees to it: nobody else is called.
        let seen = Act::Acknowledge {
            who: ana(),
            note: None,
        };
        story.then(seen).await;
        assert_eq!(lines(&db, NOW).await, []);
    })
    .await;
}

#[tokio::test]
async fn news_are_told_by_one_process_and_survive_its_death() {
    on_each_database(|db| async move {
        let (org, ana, _) = shop(&db).await;
        listen(&db, (org, ana), "ana").await;
        let story = Story::new(&db, org);
        story.opens().await;
        let (mut one, mut two) = (first(&db, NOW).await, first(&db, NOW).await);
        assert!(take(&db, &mut one, NOW.after(LEASE)).await.unwrap());
        assert!(!take(&db, &mut two, NOW.after(LEASE)).await.unwrap());
        assert_eq!(lines(&db, after(59)).await, []);

        // The first has died; the alert gets worse meanwhile, which waits for the lease, too.
        story.rises().await;
        assert_eq!(lines(&db, after(59)).await, []);
        let mut next = first(&db, after(60)).await;
        assert_eq!((next.told, next.tries), (Told::Raised, 0));
        assert!(take(&db, &mut next, after(120)).await.unwrap());
        assert_eq!(next.tries, 1);
        // It was not dead after all: what it settles is not what the other tells.
        told(&db, after(61), &one).await.unwrap();
        assert_eq!(lines(&db, after(61)).await, []);
        put_off(&db, &next, after(65)).await.unwrap();
        assert_eq!(lines(&db, after(64)).await, []);
        let mut again = first(&db, after(65)).await;
        assert_eq!(again.tries, 1);

        // What comes while it is told, is due when that is done.
        assert!(take(&db, &mut again, after(200)).await.unwrap());
        story.recovers().await;
        told(&db, after(70), &again).await.unwrap();
        let mut last = first(&db, after(70)).await;
        assert_eq!(last.told, Told::Recovered);
        assert!(take(&db, &mut last, after(200)).await.unwrap());
        told(&db, after(71), &last).await.unwrap();
        assert_eq!(lines(&db, after(1_000)).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_of_one_person_and_goes_with_them() {
    on_each_database(|db| async move {
        let (org, ana, bea) = shop(&db).await;
        let (other, _, _) = shop(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        add_member(&mut tx, NOW, other, ana, "viewer")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let id = listen(&db, (org, ana), "shared").await;
        assert_eq!(listen(&db, (org, ana), "shared").await, id);
        let elsewhere = listen(&db, (other, ana), "shared").await;
        assert!(listening(&db, other, elsewhere).await.unwrap().is_some());
        assert_eq!(of_person(&db, org, ana).await.unwrap().len(), 1);

        // Somebody else signs in there: the browser hears for nobody else any more, wherever.
        let taken = listen(&db, (org, bea), "shared").await;
        assert_eq!(of_person(&db, org, ana).await.unwrap(), []);
        assert_eq!(listening(&db, other, elsewhere).await.unwrap(), None);
        assert_eq!(of_person(&db, org, bea).await.unwrap()[0].id, taken);

        let mut tx = db.begin_write().await.unwrap();
        remove_member(&mut tx, org, bea).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(of_person(&db, org, bea).await.unwrap(), []);

        for endpoint in 0..12 {
            listen(&db, (org, ana), &endpoint.to_string()).await;
        }
        assert_eq!(of_person(&db, org, ana).await.unwrap().len(), 10);
        let kept = of_person(&db, org, ana).await.unwrap().remove(0);
        assert_eq!(kept.browser, browser("11"));
        forget(&db, org, kept.id).await.unwrap();
        assert_eq!(of_person(&db, org, ana).await.unwrap().len(), 9);
        disable_user(&db, NOW, ana, true).await.unwrap();
        assert_eq!(of_person(&db, org, ana).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_first_pair_stays_and_is_sealed_anew() {
    on_each_database(|db| async move {
        let sealed = |key: &str, text: &str| Sealed {
            key_id: key.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(key(&db).await.unwrap(), None);
        let (first, late) = (sealed("k1", "pair"), sealed("k1", "late"));
        keep_key(&db, NOW, &first).await.unwrap();
        keep_key(&db, NOW, &late).await.unwrap();
        assert_eq!(key(&db).await.unwrap(), Some(first.clone()));
        let new = sealed("k2", "pair again");
        assert!(!reseal_key(&db, &late, &new).await.unwrap());
        assert!(reseal_key(&db, &first, &new).await.unwrap());
        assert_eq!(key(&db).await.unwrap(), Some(new));
    })
    .await;
}
