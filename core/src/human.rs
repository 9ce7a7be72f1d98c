//! Durations, ages and times: number to text and text to number, as kubectl writes and reads them.

use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// A duration as kubectl shows one: at most two units, cut and not rounded (`6m41s`, `66m`, `25h`, `2y10d`).
///
/// The thresholds are those of `HumanDuration` in k8s.io/apimachinery `pkg/util/duration`. More than a second below
/// zero is `<invalid>`.
#[must_use]
pub fn duration(span: SignedDuration) -> String {
    let s = span.as_secs();
    let two = |big: i64, unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{big}{unit}"),
        _ => format!("{big}{unit}{small}{small_unit}"),
    };
    match s {
        ..-1 => "<invalid>".to_owned(),
        -1 if span.subsec_nanos() != 0 => "<invalid>".to_owned(),
        -1..=0 => "0s".to_owned(),
        1..120 => format!("{s}s"),
        120..600 => two(s / MINUTE, "m", s % MINUTE, "s"),
        600..10_800 => format!("{}m", s / MINUTE),
        10_800..28_800 => two(s / HOUR, "h", s % HOUR / MINUTE, "m"),
        28_800..172_800 => format!("{}h", s / HOUR),
        172_800..691_200 => two(s / DAY, "d", s % DAY / HOUR, "h"),
        691_200..63_072_000 => format!("{}d", s / DAY),
        63_072_000..252_288_000 => two(s / YEAR, "y", s / DAY % 365, "d"),
        _ => format!("{}y", s / YEAR),
    }
}

/// The time from `then` to `now` as [`duration`] shows it.
#[must_use]
pub fn since(then: Timestamp, now: Timestamp) -> String {
    duration(now.duration_since(then))
}

/// A point in time as kubectl's describe shows it (Go's RFC 1123 with numeric zone): `Thu, 01 Jan 2026 00:00:00 +0000`.
#[must_use]
pub fn rfc1123z(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// How long to wait, as `kubectl wait --timeout` understands it: Go durations (`1h30m`, `1.5s`, `-1s`), also in days, or bare
/// seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// 0: look once.
    Once,
    /// At most this long.
    After(Duration),
    /// Anything negative: no end.
    Never,
}

impl Timeout {
    /// The longest wait; None where there is none.
    #[must_use]
    pub fn limit(self) -> Option<Duration> {
        match self {
            Self::Once => Some(Duration::ZERO),
            Self::After(span) => Some(span),
            Self::Never => None,
        }
    }
}

/// Text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input:?} is not a duration; write 90s, 5m, 1h30m, 7d or a number of seconds")]
pub struct DurationError {
    input: String,
}

impl FromStr for Timeout {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let span = parse_duration(text)?;
        Ok(match span {
            SignedDuration::ZERO => Self::Once,
            span if span.is_negative() => Self::Never,
            span => Self::After(span.unsigned_abs()),
        })
    }
}

/// Reads a Go duration (`1h30m`, `1.5s`, `300ms`, `-1s`; units ns, us, ms, s, m, h), days (`7d`, `1d12h`; 24 hours each), or a
/// bare number of seconds.
pub fn parse_duration(text: &str) -> Result<SignedDuration, DurationError> {
    let fail = || DurationError { input: text.to_owned() };
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return Err(fail());
    }
    let mut total: i128 = 0;
    let bare = rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let nanos = unit_nanos(if bare { "s" } else { unit }).ok_or_else(fail)?;
        total = scaled(number, nanos).and_then(|n| total.checked_add(n)).ok_or_else(fail)?;
        rest = tail;
    }
    // Go's durations are an i64 of nanoseconds, about 292 years.
    let total = i64::try_from(total).map_err(|_| fail())?;
    Ok(SignedDuration::from_nanos(if negative { -total } else { total }))
}

fn unit_nanos(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return None,
    })
}

/// `number` (digits, at most one point, at least one digit) times `nanos`; digits beyond the nanosecond are cut.
fn scaled(number: &str, nanos: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut total = if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()?.checked_mul(nanos)? };
    let mut place = nanos;
    for digit in fraction.bytes() {
        place /= 10;
        total = total.checked_add(place * i128::from(digit - b'0'))?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn shows(seconds: i64, want: &str) {
        assert_eq!(duration(SignedDuration::from_secs(seconds)), want);
    }

    #[test]
    fn durations_have_kubectls_thresholds() {
        shows(-2, "<invalid>");
        shows(-1, "0s");
        shows(0, "0s");
        shows(119, "119s");
        shows(120, "2m");
        shows(401, "6m41s");
        shows(600, "10m");
        shows(4_010, "66m");
        shows(10_800, "3h");
        shows(10_860, "3h1m");
        shows(90_000, "25h");
        shows(2 * DAY, "2d");
        shows(2 * DAY + 3 * HOUR, "2d3h");
        shows(9 * DAY + 5 * HOUR, "9d");
        shows(2 * YEAR, "2y");
        shows(2 * YEAR + 10 * DAY, "2y10d");
        shows(9 * YEAR + 300 * DAY, "9y");
    }

    #[test]
    fn times_are_shown_in_the_given_zone() {
        let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(rfc1123z(at, &TimeZone::UTC), "Thu, 01 Jan 2026 00:00:00 +0000");
        let new_york = TimeZone::fixed(jiff::tz::offset(-5));
        assert_eq!(rfc1123z(at, &new_york), "Wed, 31 Dec 2025 19:00:00 -0500");
    }

    #[track_caller]
    fn reads(text: &str, want: Timeout) {
        assert_eq!(text.parse(), Ok(want));
    }

    #[test]
    fn timeouts_are_go_durations_or_seconds() {
        reads("300s", Timeout::After(Duration::from_secs(300)));
        reads("1h30m", Timeout::After(Duration::from_secs(5_400)));
        reads("1.5s", Timeout::After(Duration::from_millis(1_500)));
        reads(".5m", Timeout::After(Duration::from_secs(30)));
        reads("1d12h", Timeout::After(Duration::from_hours(36)));
        reads("90", Timeout::After(Duration::from_secs(90)));
        reads("2.5", Timeout::After(Duration::from_millis(2_500)));
        reads("0", Timeout::Once);
        reads("0s", Timeout::Once);
        reads("-1", Timeout::Never);
        reads("-1s", Timeout::Never);
    }

    #[test]
    fn other_text_is_refused_with_what_is_allowed() {
        for text in
            ["", "-", "s", "1w", "d", "7days", "1d-1h", "1h30", "1..5s", "1 s", "five", "99999999999999999999h", "."]
        {
            let error = text.parse::<Timeout>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{text:?} is not a duration; write 90s, 5m, 1h30m, 7d or a number of seconds")
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = parse_duration(&text);
        }

        #[test]
        fn seconds_come_back(seconds in -9_000_000_000i64..9_000_000_000) {
            prop_assert_eq!(parse_duration(&format!("{seconds}s")).unwrap().as_secs(), seconds);
            prop_assert_eq!(parse_duration(&seconds.to_string()).unwrap().as_secs(), seconds);
        }
    }
}
