//! Rows that come out of a statement, read by column name with errors, never panics.

use std::{fmt::Display, str::FromStr};

use operandi_dsl::time::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use super::StoreError;

/// One row of either database.
pub struct Row(pub(super) Inner);

pub(super) enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A text that may be absent.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        let value = match &self.0 {
            Inner::Sqlite(row) => row.try_get_unchecked(column),
            Inner::Postgres(row) => row.try_get_unchecked(column),
        };
        Ok(value?)
    }

    /// A whole number that may be absent.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        let value = match &self.0 {
            Inner::Sqlite(row) => row.try_get_unchecked(column),
            Inner::Postgres(row) => row.try_get_unchecked(column),
        };
        Ok(value?)
    }

    /// A real number that may be absent.
    pub fn opt_real(&self, column: &str) -> Result<Option<f64>, StoreError> {
        let value = match &self.0 {
            Inner::Sqlite(row) => row.try_get_unchecked(column),
            Inner::Postgres(row) => row.try_get_unchecked(column),
        };
        Ok(value?)
    }

    /// A text.
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| absent(column))
    }

    /// A whole number.
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| absent(column))
    }

    /// A real number.
    pub fn real(&self, column: &str) -> Result<f64, StoreError> {
        self.opt_real(column)?.ok_or_else(|| absent(column))
    }

    /// A flag, kept as 0 or 1.
    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// An instant.
    pub fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp)
    }

    /// An instant that may be absent.
    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.opt_int(column)?.map(Timestamp))
    }

    /// An id, or anything else that has a text form.
    pub fn id<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StoreError> {
        parse(column, &self.text(column)?)
    }

    /// An id that may be absent.
    pub fn opt_id<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?
            .map(|text| parse(column, &text))
            .transpose()
    }

    /// A value kept as JSON text.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        decode(column, &self.text(column)?)
    }

    /// A value kept as JSON text that may be absent.
    pub fn opt_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?
            .map(|text| decode(column, &text))
            .transpose()
    }
}

fn parse<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse()
        .map_err(|error| StoreError::bug(format!("column {column} cannot be read: {error}")))
}

fn decode<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::bug(format!("column {column} cannot be read: {error}")))
}

fn absent(column: &str) -> StoreError {
    StoreError::bug(format!("column {column} is unexpectedly empty"))
}
