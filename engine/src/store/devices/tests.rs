//! Devices on real databases.

use std::{collections::BTreeMap, time::Duration};

use operandi_dsl::time::Timestamp;
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    clock,
    ids::{CommandId, DeviceSessionId, OrgId, RecordId},
    store::{sql::Param, testing::on_each_database},
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn after(millis: u64) -> Timestamp {
    NOW.after(Duration::from_millis(millis))
}

fn org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

/// A device of which there is a record.
async fn device(db: &Db, org: OrgId) -> RecordId {
    let id = RecordId::from_uuid(clock::new_uuid());
    let sql = "insert into record (id, org_id, kind, data, as_of, stamps, version, created_at, updated_at) \
               values ($1, $2, 'device', '{}', 0, '{}', 1, 0, 0)";
    db.execute(sql, &[id.into(), org.into()]).await.unwrap();
    id
}

async fn lose_record(db: &Db, org: OrgId, device: RecordId) {
    let sql = "delete from record where org_id = $1 and id = $2";
    db.execute(sql, &[org.into(), device.into()]).await.unwrap();
}

fn session() -> DeviceSessionId {
    DeviceSessionId::from_uuid(clock::new_uuid())
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[tokio::test]
async fn a_credential_is_found_by_its_hash_until_it_is_revoked_or_its_device_gone() {
    on_each_database(|db| async move {
        let (shop, other) = (org(), org());
        let fridge = device(&db, shop).await;
        let mut tx = db.begin_write().await.unwrap();
        let old = create_key(&mut tx, NOW, shop, fridge, "hash-1")
            .await
            .unwrap();
        let new = create_key(&mut tx, after(1), shop, fridge, "hash-2")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let holder = key_by_hash(&db, after(10), "hash-1").await.unwrap();
        assert_eq!(
            holder,
            Some(KeyHolder {
                org: shop,
                device: fridge,
                key: old
            })
        );
        // Used within the same minute is kept once.
        key_by_hash(&db, after(59_000), "hash-1").await.unwrap();
        let used: Vec<_> = keys(&db, shop, fridge)
            .await
            .unwrap()
            .into_iter()
            .map(|key| (key.id, key.used_at))
            .collect();
        assert_eq!(used, [(old, Some(after(10))), (new, None)]);
        key_by_hash(&db, after(61_000), "hash-1").await.unwrap();
        let by_device = keys_of(&db, shop, &[fridge]).await.unwrap();
        assert_eq!(by_device[&fridge][0].used_at, Some(after(61_000)));
        assert_eq!(keys_of(&db, other, &[fridge]).await.unwrap().len(), 0);
        assert_eq!(keys(&db, other, fridge).await.unwrap(), []);

        let mut tx = db.begin_write().await.unwrap();
        assert!(!revoke_key(&mut tx, other, fridge, old).await.unwrap());
        assert!(revoke_key(&mut tx, shop, fridge, old).await.unwrap());
        assert!(!revoke_key(&mut tx, shop, fridge, old).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(key_by_hash(&db, NOW, "hash-1").await.unwrap(), None);
        assert!(key_by_hash(&db, NOW, "hash-2").await.unwrap().is_some());
        lose_record(&db, shop, fridge).await;
        assert_eq!(key_by_hash(&db, NOW, "hash-2").await.unwrap(), None);
        assert_eq!(forget_gone(&db, other).await.unwrap(), 0);
        assert_eq!(forget_gone(&db, shop).await.unwrap(), 1);
        assert_eq!(keys(&db, shop, fridge).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_used_once_and_only_in_time() {
    on_each_database(|db| async move {
        let shop = org();
        let (fridge, oven) = (device(&db, shop).await, device(&db, shop).await);
        let code = |device, hash: &str| NewClaim {
            device,
            hash: hash.to_owned(),
            expires_at: after(1_000),
        };
        let mut tx = db.begin_write().await.unwrap();
        claim(&mut tx, shop, &code(fridge, "replaced"))
            .await
            .unwrap();
        claim(&mut tx, shop, &code(fridge, "code-1")).await.unwrap();
        claim(&mut tx, shop, &code(oven, "code-2")).await.unwrap();
        tx.commit().await.unwrap();
        let take = async |now, code: &'static str, key: &'static str| {
            let mut tx = db.begin_write().await.unwrap();
            let taken = take_claim(&mut tx, now, code, key).await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        assert_eq!(take(NOW, "replaced", "key-0").await, None);
        assert_eq!(take(NOW, "unheard of", "key-0").await, None);
        let taken = take(after(999), "code-1", "key-1").await.unwrap();
        assert_eq!((taken.org, taken.device), (shop, fridge));
        assert_eq!(take(after(999), "code-1", "key-2").await, None, "once");
        let holder = key_by_hash(&db, NOW, "key-1").await.unwrap().unwrap();
        assert_eq!((holder.device, holder.key), (fridge, taken.key));
        assert_eq!(take(after(1_000), "code-2", "key-3").await, None, "late");
        lose_record(&db, shop, oven).await;
        assert_eq!(take(NOW, "code-2", "key-3").await, None, "of nothing");
        assert_eq!(key_by_hash(&db, NOW, "key-3").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_later_session_holds_however_the_words_arrive() {
    on_each_database(|db| async move {
        let (shop, fridge) = (org(), RecordId::from_uuid(clock::new_uuid()));
        let (first, second) = (session(), session());
        let who = (shop, fridge);
        let now = async || status(&db, shop, fridge).await.unwrap().unwrap();
        assert_eq!(status(&db, shop, fridge).await.unwrap(), None);
        assert!(connected(&db, NOW, shop, fridge, first).await.unwrap());
        assert!(
            connected(&db, after(150), shop, fridge, second)
                .await
                .unwrap()
        );
        // The first session's end, and even its beginning, are told late.
        let lost = disconnected(&db, after(151), who, first, Farewell::Lost);
        assert!(!lost.await.unwrap());
        assert!(!connected(&db, NOW, shop, fridge, first).await.unwrap());
        let status = now().await;
        assert_eq!((status.session, status.farewell), (Some(second), None));
        assert_eq!(status.session_at, Some(after(150)));

        let lost = disconnected(&db, after(300), who, second, Farewell::Lost);
        assert!(lost.await.unwrap());
        let status = now().await;
        assert_eq!(
            (status.session, status.session_at),
            (None, Some(after(300)))
        );
        assert_eq!(status.farewell, Some(Farewell::Lost));
        // The other way round: gone, and back 150 ms later.
        let third = session();
        assert!(
            connected(&db, after(450), shop, fridge, third)
                .await
                .unwrap()
        );
        let status = now().await;
        assert_eq!((status.session, status.farewell), (Some(third), None));
        let stranger = disconnected(&db, after(451), (org(), fridge), third, Farewell::Lost);
        assert!(!stranger.await.unwrap());
        assert_eq!(now().await.session, Some(third));
    })
    .await;
}

#[tokio::test]
async fn a_goodbye_belongs_to_its_boot_and_session() {
    on_each_database(|db| async move {
        let (shop, fridge) = (org(), RecordId::from_uuid(clock::new_uuid()));
        let now = async || status(&db, shop, fridge).await.unwrap().unwrap();
        let sql = "insert into device_status (org_id, device_id, boot) values ($1, $2, 8)";
        db.execute(sql, &[shop.into(), fridge.into()])
            .await
            .unwrap();
        let die = async |at, boot, why| {
            let mut tx = db.begin_write().await.unwrap();
            let row = Died {
                org: shop,
                device: fridge,
                at,
                boot,
                why,
            };
            died(&mut tx, &[row]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let one = session();
        connected(&db, after(100), shop, fridge, one).await.unwrap();
        die(after(150), 7, Farewell::Lost).await;
        assert_eq!(now().await.farewell, None, "a will of another boot is late");
        die(after(50), 8, Farewell::Lost).await;
        assert_eq!(now().await.farewell, None, "from before this session");
        die(after(150), 8, Farewell::Sleep).await;
        let closed = disconnected(&db, after(151), (shop, fridge), one, Farewell::Closed);
        assert!(closed.await.unwrap());
        assert_eq!(now().await.farewell, Some(Farewell::Sleep));
        die(after(152), 8, Farewell::Lost).await;
        assert_eq!(
            now().await.farewell,
            Some(Farewell::Sleep),
            "it said why before"
        );
        for farewell in Farewell::ALL {
            assert_eq!(Farewell::parse(farewell.as_str()), Some(farewell));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wanted_rises_with_each_change_and_reports_do_not_go_back() {
    on_each_database(|db| async move {
        let (shop, fridge) = (org(), RecordId::from_uuid(clock::new_uuid()));
        let want = async |settings: Value| {
            let settings: BTreeMap<String, Value> = map(settings).into_iter().collect();
            let mut tx = db.begin_write().await.unwrap();
            let revision = set_desired(&mut tx, shop, fridge, &settings).await.unwrap();
            tx.commit().await.unwrap();
            revision
        };
        assert_eq!(desired(&db, shop, fridge).await.unwrap(), None);
        assert_eq!(want(json!({ "b": 1, "a": 2 })).await, 1);
        assert_eq!(want(json!({ "a": 2, "b": 1 })).await, 1, "the same thing");
        assert_eq!(want(json!({ "a": 3 })).await, 2);
        assert_eq!(want(json!({})).await, 3);
        let wanted = desired(&db, shop, fridge).await.unwrap().unwrap();
        assert_eq!((wanted.revision, wanted.settings.len()), (3, 0));
        assert_eq!(desired(&db, org(), fridge).await.unwrap(), None);
        let report = async |revision, settings: Value| {
            let mut tx = db.begin_write().await.unwrap();
            let row = Reported {
                org: shop,
                device: fridge,
                revision,
                settings: map(settings),
            };
            reported(&mut tx, &[row]).await.unwrap();
            tx.commit().await.unwrap();
        };
        report(2, json!({ "a": 3 })).await;
        report(1, json!({ "a": 2 })).await;
        let now = status(&db, shop, fridge).await.unwrap().unwrap();
        let is = now.reported.unwrap();
        assert_eq!((is.revision, is.settings), (2, map(json!({ "a": 3 }))));
        // A device that was only connected has no wishes to obey; the first one is its first revision.
        let other = RecordId::from_uuid(clock::new_uuid());
        connected(&db, NOW, shop, other, session()).await.unwrap();
        assert_eq!(desired(&db, shop, other).await.unwrap(), None);
        let mut tx = db.begin_write().await.unwrap();
        let nothing = BTreeMap::new();
        let first = set_desired(&mut tx, shop, other, &nothing).await;
        assert_eq!(first.unwrap(), 1);
    })
    .await;
}

fn order(device: RecordId, expires_at: Timestamp) -> NewCommand {
    NewCommand {
        id: CommandId::from_uuid(clock::new_uuid()),
        device,
        actuator: "valve".to_owned(),
        level: 100,
        safe: 0,
        max_on: 900,
        expires_at,
        by: "user:1".to_owned(),
    }
}

async fn give(db: &Db, at: Timestamp, org: OrgId, new: &NewCommand) -> Made {
    let mut tx = db.begin_write().await.unwrap();
    let made = create_command(&mut tx, at, org, new).await.unwrap();
    tx.commit().await.unwrap();
    made
}

async fn moved(db: &Db, moves: &[Move]) -> usize {
    let mut tx = db.begin_write().await.unwrap();
    let moved = move_commands(&mut tx, after(1), moves).await.unwrap();
    tx.commit().await.unwrap();
    moved.len()
}

#[tokio::test]
async fn a_command_goes_forward_only_and_by_its_own_device() {
    on_each_database(|db| async move {
        use CommandState as S;
        let (shop, valve, other) = (
            org(),
            RecordId::from_uuid(clock::new_uuid()),
            RecordId::from_uuid(clock::new_uuid()),
        );
        let new = order(valve, after(60_000));
        let to = |device, state, code: Option<&str>| Move {
            org: shop,
            device,
            id: new.id,
            state,
            code: code.map(str::to_owned),
        };
        assert_eq!(give(&db, NOW, shop, &new).await, Made::First);
        let Made::Before(again) = give(&db, after(5), shop, &order_as(&new)).await else {
            panic!("made twice");
        };
        assert_eq!((again.created_at, again.state), (NOW, S::Pending));
        let state = async || {
            let command = command(&db, shop, new.id).await.unwrap().unwrap();
            (command.state, command.code)
        };
        assert_eq!(
            moved(&db, &[to(other, S::Done, None)]).await,
            0,
            "another's"
        );
        let both = [to(valve, S::Accepted, None), to(valve, S::Sent, None)];
        assert_eq!(moved(&db, &both).await, 1);
        assert_eq!(state().await, (S::Accepted, None), "the furthest counts");
        assert_eq!(moved(&db, &[to(valve, S::Sent, None)]).await, 0);
        assert_eq!(moved(&db, &[to(valve, S::Unconfirmed, None)]).await, 1);
        let late = to(valve, S::Refused, Some("fault"));
        assert_eq!(moved(&db, &[late]).await, 1, "a late word settles it");
        assert_eq!(state().await, (S::Refused, Some("fault".to_owned())));
        assert_eq!(moved(&db, &[to(valve, S::Done, None)]).await, 0);
        assert_eq!(moved(&db, &[]).await, 0);
        assert_eq!(command(&db, org(), new.id).await.unwrap(), None);
        for state in S::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("sideways".parse::<S>().is_err());
    })
    .await;
}

/// The same command asked for again, in other words.
fn order_as(new: &NewCommand) -> NewCommand {
    NewCommand {
        level: 0,
        ..new.clone()
    }
}

#[tokio::test]
async fn what_waits_is_delivered_and_what_is_over_ends() {
    on_each_database(|db| async move {
        use CommandState as S;
        let (shop, valve, pump) = (
            org(),
            RecordId::from_uuid(clock::new_uuid()),
            RecordId::from_uuid(clock::new_uuid()),
        );
        let new: Vec<NewCommand> = [(valve, 10_000), (valve, 20_000), (pump, 10_000)]
            .into_iter()
            .map(|(device, expires)| order(device, after(expires)))
            .collect();
        for (at, new) in new.iter().enumerate() {
            give(&db, after(at as u64), shop, new).await;
        }
        let waiting = async |at, which| {
            let devices = [(shop, valve), (org(), pump)];
            let found = to_deliver(&db, at, &devices, which).await.unwrap();
            found
                .into_iter()
                .map(|(_, command)| command.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(waiting(NOW, Deliver::First).await, [new[0].id, new[1].id]);
        let sent = Move {
            org: shop,
            device: valve,
            id: new[0].id,
            state: S::Sent,
            code: None,
        };
        assert_eq!(moved(&db, &[sent]).await, 1);
        assert_eq!(waiting(NOW, Deliver::First).await, [new[1].id]);
        assert!(!withdraw(&db, NOW, shop, new[0].id).await.unwrap(), "sent");
        let more = order(valve, after(20_000));
        give(&db, after(9), shop, &more).await;
        assert!(!withdraw(&db, NOW, org(), more.id).await.unwrap());
        assert!(withdraw(&db, after(10), shop, more.id).await.unwrap());
        let back = command(&db, shop, more.id).await.unwrap().unwrap();
        assert_eq!((back.state, back.changed_at), (S::Expired, after(10)));
        assert_eq!(waiting(NOW, Deliver::Again).await, [new[0].id, new[1].id]);
        assert_eq!(waiting(after(10_000), Deliver::Again).await, [new[1].id]);

        let grace = Duration::from_secs(5);
        let over = async |at| {
            let mut tx = db.begin_write().await.unwrap();
            let ended = expire(&mut tx, at, grace, 10).await.unwrap();
            tx.commit().await.unwrap();
            let ended: BTreeMap<CommandId, CommandState> =
                ended.into_iter().map(|one| (one.id, one.state)).collect();
            ended
        };
        assert_eq!(over(after(9_999)).await, BTreeMap::new());
        assert_eq!(
            over(after(10_000)).await,
            BTreeMap::from([(new[2].id, S::Expired)]),
            "never sent"
        );
        assert_eq!(over(after(14_999)).await, BTreeMap::new());
        assert_eq!(
            over(after(15_000)).await,
            BTreeMap::from([(new[0].id, S::Unconfirmed)]),
            "sent, and no word of it"
        );
        let listed = |before| CommandFilter { before, limit: 1 };
        let newest = commands(&db, shop, valve, &listed(None)).await.unwrap();
        assert_eq!(newest[0].id, more.id);
        let place = Some((newest[0].created_at, newest[0].id));
        let rest = CommandFilter {
            before: place,
            limit: 10,
        };
        let older = commands(&db, shop, valve, &rest).await.unwrap();
        let older: Vec<_> = older.iter().map(|one| (one.id, one.state)).collect();
        assert_eq!(
            older,
            [(new[1].id, S::Pending), (new[0].id, S::Unconfirmed)]
        );
        assert_eq!(
            commands(&db, org(), valve, &listed(None)).await.unwrap(),
            []
        );
    })
    .await;
}

#[tokio::test]
async fn lists_show_last_values_and_open_alerts_of_ones_own() {
    on_each_database(|db| async move {
        let (shop, fridge) = (org(), RecordId::from_uuid(clock::new_uuid()));
        let series = "insert into series (id, org_id, device_id, metric, last_at, last_value, last_fault, \
                      last_received_at) values ($1, $2, $3, $4, $5, $6, $7, $5)";
        let rows = [
            (1_i64, "temperature", Some(NOW), Some(4.5), None),
            (2, "door", Some(after(1)), None, Some("disconnected")),
            (3, "humidity", None, None, None),
        ];
        for (id, metric, at, value, fault) in rows {
            let params = [
                Param::from(id),
                shop.into(),
                fridge.into(),
                metric.into(),
                at.into(),
                value.into(),
                fault.into(),
            ];
            db.execute(series, &params).await.unwrap();
        }
        let found = last_values(&db, shop, &[fridge]).await.unwrap();
        let shown: Vec<_> = found[&fridge]
            .iter()
            .map(|last| (last.metric.as_str(), last.at, last.value, last.fault.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                ("door", after(1), None, Some("disconnected")),
                ("temperature", NOW, Some(4.5), None)
            ]
        );
        let alert = "insert into alert (id, org_id, workflow_id, subject, device_id, level, state, latches, since, \
                     opened_at, closed_at, changed_at) \
                     values ($1, $2, $1, $1, $3, 'warning', 'active', 0, 0, 0, $4, 0)";
        for (id, closed) in [("a", None), ("b", None), ("c", Some(NOW))] {
            let params = [Param::from(id), shop.into(), fridge.into(), closed.into()];
            db.execute(alert, &params).await.unwrap();
        }
        let open = open_alerts(&db, shop, &[fridge]).await.unwrap();
        assert_eq!(open, BTreeMap::from([(fridge, 2)]));
        let stranger = org();
        assert_eq!(last_values(&db, stranger, &[fridge]).await.unwrap().len(), 0);
        assert_eq!(open_alerts(&db, stranger, &[fridge]).await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_forgotten_leaves_nothing() {
    on_each_database(|db| async move {
        let (shop, other) = (org(), org());
        let (fridge, oven) = (device(&db, shop).await, device(&db, shop).await);
        let mut tx = db.begin_write().await.unwrap();
        for (device, word) in [(fridge, "f"), (oven, "o")] {
            create_key(&mut tx, NOW, shop, device, word).await.unwrap();
            let new = NewClaim {
                device,
                hash: word.to_owned(),
                expires_at: after(1),
            };
            claim(&mut tx, shop, &new).await.unwrap();
            set_desired(&mut tx, shop, device, &BTreeMap::new())
                .await
                .unwrap();
            create_command(&mut tx, NOW, shop, &order(device, after(1)))
                .await
                .unwrap();
        }
        forget(&mut tx, other, fridge).await.unwrap();
        forget(&mut tx, shop, fridge).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(status(&db, shop, fridge).await.unwrap(), None);
        assert_eq!(keys(&db, shop, fridge).await.unwrap(), []);
        assert!(status(&db, shop, oven).await.unwrap().is_some());
        lose_record(&db, shop, oven).await;
        assert_eq!(
            forget_gone(&db, shop).await.unwrap(),
            4,
            "one row of each table"
        );
    })
    .await;
}
