//! Moments in words, in the time zone of the market.

use crate::domain::{Market, Timestamp};
use jiff::tz::TimeZone;

/// "Tue 24 November 2026, 23:59 (Japan time)".
pub fn moment(at: Timestamp, market: Market) -> String {
    let zone = match market {
        Market::Japan => "Japan time",
        Market::Britain => "UK time",
        Market::Europe => "Brussels time",
    };
    let zoned = jiff::Timestamp::from_millisecond(at).ok().and_then(|at| at.in_tz(market.time_zone()).ok());
    zoned.map(|at| format!("{} ({zone})", at.strftime("%a %-d %B %Y, %H:%M"))).unwrap_or_default()
}

/// For developers, to the millisecond: "2026-11-24 14:59:03.120".
pub fn precisely(at: Timestamp) -> String {
    let zoned = jiff::Timestamp::from_millisecond(at).map(|at| at.to_zoned(TimeZone::UTC));
    zoned.map(|at| at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Timestamp = 1_795_532_340_000; // 2026-11-24T14:59:00Z

    #[test]
    fn a_deadline_is_told_in_the_time_of_the_market() {
        assert_eq!(moment(MOMENT, Market::Japan), "Tue 24 November 2026, 23:59 (Japan time)");
        assert_eq!(moment(MOMENT, Market::Britain), "Tue 24 November 2026, 14:59 (UK time)");
        assert_eq!(precisely(MOMENT), "2026-11-24 14:59:00.000");
    }
}
