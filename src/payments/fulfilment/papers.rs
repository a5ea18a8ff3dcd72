//! The packing slip and the receipt, as plain text.

use crate::domain::{Attempt, Delivery, Order, Timestamp};
use crate::server::orders::OrderLine;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// What to put into the parcel, whose it is, and where it goes; empty when nothing is posted. For the merchant's eyes.
pub fn packing_slip(order: &Order, lines: &[OrderLine]) -> String {
    let posted: Vec<&OrderLine> = lines.iter().filter(|line| line.line.delivery == Delivery::Post).collect();
    if posted.is_empty() {
        return String::new();
    }
    let to = &order.contact;
    let mut text = format!(
        "PACKING SLIP {}\n\n{}\n{}\n{} {}\n{}\n\n",
        order.id, to.name, to.street, to.postcode, to.city, to.country
    );
    for line in posted {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:>3} x {}  [{}]", line.line.quantity, line.line.title(), line.line.variant);
        let _ = match &line.line.sold_by {
            Some(sold_by) => writeln!(text, "  from {}", sold_by.name),
            None => writeln!(text),
        };
    }
    text
}

/// What was bought and paid, narrow enough for a telephone. Without personal data: whoever has the order's address can read it.
pub fn receipt(order: &Order, lines: &[OrderLine], attempt: &Attempt, paid_at: Timestamp) -> String {
    let mut text = format!("RECEIPT {}\nPaid {}\n\n", order.id, day(paid_at, order.market.time_zone()));
    for line in lines {
        let total = line.line.total().map(|total| total.to_string()).unwrap_or_default();
        let _ = writeln!(text, "{:>3} x {:<25} {:>10}", line.line.quantity, line.line.title(), total);
    }
    let _ = write!(
        text,
        "\n      {:<25} {:>10}\n      Paid through {} ({})\n",
        "Total",
        order.total.to_string(),
        attempt.provider.title(),
        attempt.method
    );
    text
}

fn day(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.to_zoned(zone).strftime("%-d %B %Y").to_string())
        .unwrap_or_default()
}
