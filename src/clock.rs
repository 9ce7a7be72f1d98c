//! What time it is; nobody else asks.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The present.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The zone in which times are shown: TZ, or the system's.
pub(crate) fn zone() -> TimeZone {
    TimeZone::system()
}
