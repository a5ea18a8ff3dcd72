//! How the providers write times, and how the pages do. Everything here is Japanese time or UTC.

use crate::domain::Timestamp;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Zoned};

pub const SECOND_MS: i64 = 1_000;
pub const HOUR_MS: i64 = 3_600 * SECOND_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// `2024-02-08T08:27:31Z`
pub fn utc(at: Timestamp) -> String {
    instant(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2024-07-25T08:49:24.761Z`, and no zeros at the end of the fraction: `2024-02-13T02:25:34.17Z`.
pub fn utc_with_fraction(at: Timestamp) -> String {
    instant(at).strftime("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
}

/// `2024-04-07T23:25:44.8020000Z`
pub fn utc_with_seven_digits(at: Timestamp) -> String {
    instant(at).strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string()
}

/// The day in the United Kingdom, to compare with another.
pub fn day_in_london(at: Timestamp) -> (i16, i16) {
    // The time zones are compiled in; UTC differs from London's day by an hour at most.
    let day = instant(at).to_zoned(TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC));
    (day.year(), day.day_of_year())
}

/// `2020-08-17T18:03:53.000+09:00`
pub fn tokyo(at: Timestamp) -> String {
    in_tokyo(at).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// `2026-11-24 23:59:59 JST`, for people.
pub fn readable(at: Timestamp) -> String {
    in_tokyo(at).strftime("%Y-%m-%d %H:%M:%S JST").to_string()
}

/// The last second in Japan of the day that is `days` after the one of `at`.
pub fn end_of_day_in_tokyo(at: Timestamp, days: i64) -> Timestamp {
    let start = in_tokyo(at).start_of_day().and_then(|day| day.checked_add(Span::new().days(days + 1)));
    match start {
        Ok(next_day) => next_day.timestamp().as_millisecond() - SECOND_MS,
        // Only a time beyond the year 9999 gets here.
        Err(_) => at.saturating_add(days.saturating_mul(DAY_MS)),
    }
}

/// Reads `2024-02-08T08:27:31Z`, also with another offset; `None` for anything else.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// The year and month in Japan, to compare a card's expiry with.
pub fn year_and_month(at: Timestamp) -> (i64, i64) {
    let day = in_tokyo(at);
    (i64::from(day.year()), i64::from(day.month()))
}

/// A month's last day as cards' expiries are written: `2024-12-31`. The month must be one of twelve.
pub fn last_day(year: i64, month: i64) -> String {
    let first = i16::try_from(year).ok().zip(i8::try_from(month).ok());
    let first = first.and_then(|(year, month)| jiff::civil::Date::new(year, month, 1).ok());
    first.map_or_else(String::new, |first| first.last_of_month().to_string())
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default()
}

fn in_tokyo(at: Timestamp) -> Zoned {
    // Japan has had no summer time since 1951.
    instant(at).to_zoned(TimeZone::fixed(Offset::constant(9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_provider_writes_them() {
        let at = parse("2020-08-17T09:03:53Z").unwrap();
        assert_eq!(utc(at), "2020-08-17T09:03:53Z");
        assert_eq!(tokyo(at), "2020-08-17T18:03:53.000+09:00");
        assert_eq!(utc_with_fraction(at + 170), "2020-08-17T09:03:53.17Z");
        assert_eq!(utc_with_fraction(at), "2020-08-17T09:03:53Z");
    }

    #[test]
    fn a_summers_day_in_london_begins_an_hour_before_utcs() {
        let (before, after) = (parse("2026-07-01T22:59:59Z").unwrap(), parse("2026-07-01T23:00:00Z").unwrap());
        assert_ne!(day_in_london(before), day_in_london(after));
        assert_eq!(day_in_london(after), day_in_london(parse("2026-07-02T22:59:59Z").unwrap()));
    }

    #[test]
    fn a_slip_ends_with_the_third_day_in_japan() {
        let evening = parse("2018-11-13T14:59:00Z").unwrap();
        assert_eq!(utc(end_of_day_in_tokyo(evening, 3)), "2018-11-16T14:59:59Z");
        let after_midnight_in_japan = parse("2018-11-13T15:00:00Z").unwrap();
        assert_eq!(utc(end_of_day_in_tokyo(after_midnight_in_japan, 3)), "2018-11-17T14:59:59Z");
    }
}
