//! Shopify's texts as our values.

use chrono::DateTime;
use operandi_dsl::time::Timestamp;

use super::payload::{Decimal, Line};
use crate::domain::{
    LineItem, Money,
    order::{Fulfillment, Payment},
};

/// An instant of RFC 3339.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|time| Timestamp(time.timestamp_millis()))
}

pub(super) fn money(amount: &Decimal, currency: Option<&str>) -> Option<Money> {
    Money::parse(amount.0.as_deref()?, currency?)
}

/// The total of lines whose cart states none.
pub(super) fn sum(lines: &[Line], currency: Option<&str>) -> Option<Money> {
    let currency = currency?;
    let mut total = Money {
        amount: 0,
        currency: currency.to_ascii_uppercase(),
    };
    for line in lines {
        let amount = match money(&line.line_price, Some(currency)) {
            Some(whole) => whole.amount,
            None => money(&line.price, Some(currency))?
                .amount
                .checked_mul(line.quantity.unwrap_or(1))?,
        };
        total.amount = total.amount.checked_add(amount)?;
    }
    Some(total)
}

/// The most lines of a cart or order that are kept: a record has a bound, and its total stands beside.
const ITEMS_MAX: usize = 200;

pub(super) fn items(lines: &[Line], currency: Option<&str>) -> Vec<LineItem> {
    lines
        .iter()
        .take(ITEMS_MAX)
        .map(|line| LineItem {
            title: line.title.clone().unwrap_or_default(),
            quantity: line.quantity.unwrap_or(1),
            price: money(&line.price, currency),
            sku: line.sku.clone().filter(|sku| !sku.is_empty()),
            product_id: line.product_id.0.clone(),
            variant_id: line.variant_id.0.clone(),
        })
        .collect()
}

pub(super) fn payment(status: &str) -> Option<Payment> {
    Some(match status {
        "pending" | "authorized" => Payment::Pending,
        "partially_paid" => Payment::PartlyPaid,
        "paid" => Payment::Paid,
        "partially_refunded" => Payment::PartlyRefunded,
        "refunded" => Payment::Refunded,
        "voided" | "expired" => Payment::Voided,
        _ => return None,
    })
}

pub(super) fn fulfillment(status: &str) -> Option<Fulfillment> {
    Some(match status {
        "fulfilled" => Fulfillment::Fulfilled,
        "partial" => Fulfillment::Partial,
        "restocked" => Fulfillment::None,
        _ => return None,
    })
}
