//! Organisations and what they have set.

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::AccountError;
use crate::{
    clock,
    ids::OrgId,
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// One organisation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Org {
    pub id: OrgId,
    pub name: String,
    /// An IANA zone.
    pub zone: String,
    /// A language and region, such as `es-AR`.
    pub locale: String,
    /// An ISO 3166 code of two letters.
    pub country: String,
    /// An ISO 4217 code of three letters.
    pub currency: String,
    /// Days without business.
    pub holidays: Vec<NaiveDate>,
    /// What else is set, such as quiet hours and caps.
    pub settings: Map<String, Value>,
    /// Rises with every change.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Org {
    /// The zone; UTC when the stored name means nothing.
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// The organisation as expressions see it.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "zone": self.zone, "locale": self.locale,
            "country": self.country, "currency": self.currency,
        })
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("org_id")?,
            name: row.text("name")?,
            zone: row.text("zone")?,
            locale: row.text("locale")?,
            country: row.text("country")?,
            currency: row.text("currency")?,
            holidays: row.json("holidays")?,
            settings: row.json("settings")?,
            version: row.int("version")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

/// An organisation to be made.
#[derive(Clone, Debug, Deserialize)]
pub struct NewOrg {
    pub name: String,
    pub zone: String,
    pub locale: String,
    pub country: String,
    pub currency: String,
}

impl NewOrg {
    /// One with the defaults of an Argentine shop.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            zone: "America/Argentina/Buenos_Aires".to_owned(),
            locale: "es-AR".to_owned(),
            country: "AR".to_owned(),
            currency: "ARS".to_owned(),
        }
    }
}

/// A change to an organisation; what is `None` stays.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct OrgPatch {
    pub name: Option<String>,
    pub zone: Option<String>,
    pub locale: Option<String>,
    pub country: Option<String>,
    pub currency: Option<String>,
    pub holidays: Option<Vec<NaiveDate>>,
    pub settings: Option<Map<String, Value>>,
}

const COLUMNS: &str = "id as org_id, name, zone, locale, country, currency, holidays, settings, version, created_at, updated_at";

/// Makes an organisation. It has no member yet.
pub async fn create_org(tx: &mut Tx, now: Timestamp, new: &NewOrg) -> Result<OrgId, StoreError> {
    let id = OrgId::from_uuid(clock::new_uuid());
    let params: [Param; 7] = [
        id.into(),
        (&new.name).into(),
        (&new.zone).into(),
        (&new.locale).into(),
        (&new.country).into(),
        (&new.currency).into(),
        now.into(),
    ];
    tx.execute(
        "insert into org (id, name, zone, locale, country, currency, holidays, settings, version, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, '[]', '{}', 1, $7, $7)",
        &params,
    )
    .await?;
    Ok(id)
}

/// One organisation.
pub async fn org(db: &Db, id: OrgId) -> Result<Option<Org>, StoreError> {
    let row = db
        .fetch_optional(
            &format!("select {COLUMNS} from org where id = $1"),
            &[id.into()],
        )
        .await?;
    row.as_ref().map(Org::read).transpose()
}

/// Organisations in the order of their making, after one of them.
pub async fn orgs(db: &Db, after: Option<OrgId>, limit: u32) -> Result<Vec<Org>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let sql = format!("select {COLUMNS} from org where id > $1 order by id limit $2");
    db.fetch_all(&sql, &[after.into(), limit.into()])
        .await?
        .iter()
        .map(Org::read)
        .collect()
}

/// Changes an organisation, if it is still the `version` the caller saw.
pub async fn update_org(
    tx: &mut Tx,
    now: Timestamp,
    id: OrgId,
    patch: &OrgPatch,
    version: Option<i64>,
) -> Result<Org, AccountError> {
    let params: [Param; 10] = [
        id.into(),
        patch.name.clone().into(),
        patch.zone.clone().into(),
        patch.locale.clone().into(),
        patch.country.clone().into(),
        patch.currency.clone().into(),
        json_param(patch.holidays.as_ref())?,
        json_param(patch.settings.as_ref())?,
        now.into(),
        version.into(),
    ];
    let changed = tx
        .fetch_optional(
            &format!(
                "update org set name = coalesce($2, name), zone = coalesce($3, zone), locale = coalesce($4, locale), \
                 country = coalesce($5, country), currency = coalesce($6, currency), \
                 holidays = coalesce($7, holidays), settings = coalesce($8, settings), \
                 version = version + 1, updated_at = $9 \
                 where id = $1 and version = coalesce($10, version) returning {COLUMNS}"
            ),
            &params,
        )
        .await?;
    if let Some(row) = changed {
        return Ok(Org::read(&row)?);
    }
    let sql = "select version from org where id = $1";
    match tx.fetch_optional(sql, &[id.into()]).await? {
        Some(_) => Err(AccountError::Changed),
        None => Err(AccountError::NotFound),
    }
}

fn json_param<T: Serialize>(value: Option<&T>) -> Result<Param, StoreError> {
    value.map_or(Ok(Param::Text(None)), Param::json)
}
