//! What the readings of a span come to, read page by page, so that its length costs time and no memory.

use super::{
    MINUTE, Order,
    history::{before, count, page, params},
};
use crate::{
    sensor::{Account, Ledger, Limits, Metric, Minute},
    store::sql::{Db, StoreError},
};

/// Rows read at once.
const PAGE: u32 = 5_000;
/// With more readings than these, what they come to by the minute is read instead.
const READINGS_MAX: i64 = 200_000;

/// How finely a span was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Reading by reading.
    Readings,
    /// Minute by minute: there are too many readings, or they are not kept any more.
    Minutes,
}

impl Detail {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Readings => "readings",
            Self::Minutes => "minutes",
        }
    }
}

/// Keeps account of a metric against limits.
///
/// # Errors
/// When the store cannot be read.
pub async fn account(
    db: &Db,
    order: &Order,
    metric: Metric,
    limits: Limits,
) -> Result<(Detail, Account), StoreError> {
    let mut ledger = Ledger::new(metric, limits, order.from, order.until);
    let detail = if count(db, order).await? > READINGS_MAX || is_forgotten(db, order).await? {
        take_minutes(db, order, &mut ledger).await?;
        Detail::Minutes
    } else {
        take_readings(db, order, &mut ledger).await?;
        Detail::Readings
    };
    Ok((detail, ledger.finish()))
}

/// Whether readings of the span are gone whose minutes are kept.
async fn is_forgotten(db: &Db, order: &Order) -> Result<bool, StoreError> {
    let sql = "select x.at from series s cross join reading x \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and x.series = s.id \
               and x.at >= $4 and x.at < $5 order by x.at limit 1";
    let reading = db.fetch_optional(sql, &params(order)).await?;
    let sql = "select p.first_at from series s cross join rollup p \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and p.series = s.id and p.span = $6 \
               and p.at >= $4 and p.at < $5 order by p.at limit 1";
    let mut params = params(order);
    params.push(MINUTE.into());
    let minute = db.fetch_optional(sql, &params).await?;
    let reading = reading.map(|row| row.time("at")).transpose()?;
    let minute = minute.map(|row| row.time("first_at")).transpose()?;
    Ok(minute.is_some_and(|minute| reading.is_none_or(|reading| minute < reading)))
}

async fn take_readings(db: &Db, order: &Order, ledger: &mut Ledger) -> Result<(), StoreError> {
    if let Some(row) = before(db, order).await? {
        ledger.take(row.at, row.known());
    }
    let mut last = None;
    loop {
        let rows = page(db, order, last.as_ref(), PAGE).await?;
        for row in &rows {
            ledger.take(row.at, row.known());
        }
        if rows.len() < PAGE as usize {
            return Ok(());
        }
        last = rows.into_iter().next_back();
    }
}

async fn take_minutes(db: &Db, order: &Order, ledger: &mut Ledger) -> Result<(), StoreError> {
    let mut params = params(order);
    let sql = "select p.at from series s cross join rollup p \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and p.series = s.id and p.span = $6 \
               and p.at < $4 and p.at < $5 and p.first_at < $4 order by p.at desc limit 1";
    params.push(MINUTE.into());
    let before = db.fetch_optional(sql, &params).await?;
    let mut at = before.map_or(Ok(order.from.0), |row| row.int("at"))?;
    let sql = "select p.at, p.first_at, p.first, p.last_at, p.last, p.min, p.max from series s cross join rollup p \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and p.series = s.id and p.span = $6 \
               and p.at >= $4 and p.at < $5 order by p.at limit $7";
    params.push(PAGE.into());
    loop {
        params[3] = at.into();
        let rows = db.fetch_all(sql, &params).await?;
        for row in &rows {
            ledger.take_minute(&Minute {
                first_at: row.time("first_at")?,
                first: row.real("first")?,
                last_at: row.time("last_at")?,
                last: row.real("last")?,
                least: row.real("min")?,
                greatest: row.real("max")?,
            });
            at = row.int("at")? + 1;
        }
        if rows.len() < PAGE as usize {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use operandi_dsl::time::Timestamp;

    use super::*;
    use crate::{
        clock,
        ids::{OrgId, RecordId},
        sensor::Pace,
        store::{
            readings::{Fold, Reading, Series, add, claim, fold, latest, retain},
            testing::on_each_database,
        },
    };

    const START: i64 = 1_800_000_000_000;
    const MINUTES: i64 = 100;
    const SERIES: i64 = 7;

    fn at(second: i64) -> Timestamp {
        Timestamp(START + second * 1_000)
    }

    /// A reading every second from a minute before the span on: too warm from minute 30 to 45, silent from 60 to 70.
    async fn measured(db: &Db) -> Order {
        let order = Order {
            org: OrgId::from_uuid(clock::new_uuid()),
            device: RecordId::from_uuid(clock::new_uuid()),
            metric: "temperature".to_owned(),
            from: at(0),
            until: at(MINUTES * 60),
        };
        let series = Series {
            id: SERIES,
            org: order.org,
            device: order.device,
            metric: order.metric.clone(),
            last_at: None,
            last_value: None,
            last_fault: None,
            last_received_at: None,
        };
        add(db, &[series]).await.unwrap();
        let seconds = (-60..MINUTES * 60).filter(|second| !(3_600..4_200).contains(second));
        let readings = seconds.map(|second| Reading {
            series: SERIES,
            at: at(second).0,
            boot: -1,
            seq: 0,
            value: Some(if (1_800..2_700).contains(&second) {
                9.5
            } else {
                4.0
            }),
            fault: None,
            received_at: at(second),
            again: false,
        });
        claim(db, "one", at(0)).await.unwrap().unwrap();
        let all = Fold {
            readings: readings.collect(),
            ..Fold::default()
        };
        fold(db, "one", at(0), all).await.unwrap();
        order
    }

    #[tokio::test]
    async fn readings_are_read_to_their_end_and_minutes_where_they_are_gone() {
        on_each_database(|db| async move {
            let order = measured(&db).await;
            assert!(
                count(&db, &order).await.unwrap() > i64::from(PAGE),
                "several pages"
            );
            let metric = Metric {
                pace: Pace::Every(Duration::from_secs(1)),
                tolerance: Duration::ZERO,
                power_on: None,
            };
            let limits = Limits {
                above: Some(8.0),
                below: None,
            };
            let (detail, fine) = account(&db, &order, metric, limits).await.unwrap();
            assert_eq!(detail, Detail::Readings);
            assert_eq!((fine.exposure_count, fine.gap_count), (1, 1));
            assert_eq!(fine.exposures[0].since, at(1_800));
            assert_eq!(fine.beyond, Duration::from_secs(900));
            assert_eq!(fine.unobserved, Duration::from_secs(601));

            // Within the silence, only what speaks on change still stands.
            let silence = Order {
                from: at(3_700),
                until: at(3_800),
                ..order.clone()
            };
            for (pace, found) in [(metric.pace, vec![]), (Pace::OnChange, vec![at(3_599)])] {
                let rows = latest(&db, &silence, pace, 10).await.unwrap();
                let moments: Vec<_> = rows.iter().map(|row| row.at).collect();
                assert_eq!(moments, found);
            }

            retain(&db, order.until.0, 0).await.unwrap();
            let (detail, coarse) = account(&db, &order, metric, limits).await.unwrap();
            assert_eq!(detail, Detail::Minutes);
            assert_eq!(coarse.exposures, fine.exposures);
            assert_eq!(coarse.gaps, fine.gaps);
            assert_eq!(coarse.right, fine.right);
        })
        .await;
    }
}
