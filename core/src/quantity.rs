//! Amounts of resources: `500m`, `1Gi`, `1e3` (`k8s.io/apimachinery/pkg/api/resource`).

/// The unit in which a resource is counted before it is divided.
#[derive(Clone, Copy)]
pub enum Unit {
    /// Thousandths, as CPUs are.
    Milli,
    /// Whole ones, as bytes are.
    One,
}

const BILLION: i128 = 1_000_000_000;

/// `amount / divisor` rounded up, each rounded up to `unit` before; a divisor of 0 stands for 1.
///
/// None when one of them is no quantity.
#[must_use]
pub fn divided(amount: &str, divisor: &str, unit: Unit) -> Option<i128> {
    let unit = match unit {
        Unit::Milli => BILLION / 1_000,
        Unit::One => BILLION,
    };
    let divisor = Some(nanos(divisor)?).filter(|nanos| *nanos > 0).unwrap_or(BILLION);
    Some(up(up(nanos(amount)?, unit), up(divisor, unit)))
}

fn up(amount: i128, by: i128) -> i128 {
    amount / by + i128::from(amount % by > 0)
}

/// Is it an amount, perhaps of nothing?
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    nanos(text).is_some()
}

/// What was meant by text that is no amount because its unit is written as elsewhere: `16GiB`, `4GB`, `2gi`, `512 Mi`.
#[must_use]
pub fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let unit = unit.trim().trim_end_matches(['b', 'B']).to_ascii_lowercase();
    let known = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E"];
    let unit = known.into_iter().find(|known| known.eq_ignore_ascii_case(&unit)).or(unit.is_empty().then_some(""))?;
    Some(format!("{number}{unit}")).filter(|meant| is_quantity(meant))
}

/// Is it more than nothing?
#[must_use]
pub fn is_positive(quantity: &str) -> bool {
    nanos(quantity).is_some_and(|nanos| nanos > 0)
}

/// The value in billionths, the finest the API knows, rounded up. None when it is no quantity or too large.
fn nanos(text: &str) -> Option<i128> {
    let number = text.strip_prefix('+').unwrap_or(text);
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let (number, suffix) = number.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let (base, power) = multiplier(suffix)?;
    let scaled = digits.checked_mul(base)?;
    let ten = power + 9 - i32::try_from(fraction.len()).ok()?;
    let shift = 10_i128.checked_pow(ten.unsigned_abs())?;
    if ten < 0 { Some(up(scaled, shift)) } else { scaled.checked_mul(shift) }
}

/// A factor and a power of ten.
fn multiplier(suffix: &str) -> Option<(i128, i32)> {
    let kibi = |n: u32| 1_i128 << (10 * n);
    Some(match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (kibi(1), 0),
        "Mi" => (kibi(2), 0),
        "Gi" => (kibi(3), 0),
        "Ti" => (kibi(4), 0),
        "Pi" => (kibi(5), 0),
        "Ei" => (kibi(6), 0),
        _ => (1, suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|power: &i32| power.abs() < 40)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(amount: &str, divisor: &str, unit: Unit, want: Option<i128>) {
        assert_eq!(divided(amount, divisor, unit), want);
    }

    #[test]
    fn amounts_are_divided_and_rounded_up() {
        case("1500m", "0", Unit::Milli, Some(2));
        case("1500m", "1m", Unit::Milli, Some(1500));
        case("100Mi", "1Mi", Unit::One, Some(100));
        case("100Mi", "1G", Unit::One, Some(1));
        case("0.5", "1", Unit::Milli, Some(1));
        case("1e3", "1", Unit::One, Some(1000));
        case("12E", "1k", Unit::One, Some(12_000_000_000_000_000));
        case("0", "0", Unit::One, Some(0));
        case("1n", "1", Unit::Milli, Some(1));
    }

    #[test]
    fn units_of_elsewhere_are_known() {
        let pairs =
            [("16GiB", "16Gi"), ("4GB", "4G"), ("2gi", "2Gi"), ("512 Mi", "512Mi"), ("1.5kb", "1.5k"), ("7B", "7")];
        for (text, want) in pairs {
            assert!(!is_quantity(text));
            assert_eq!(meant(text).as_deref(), Some(want), "{text}");
        }
        for text in ["", "many", "4 cores", "GiB", "1.2.3Gi"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

    #[test]
    fn other_text_has_no_value() {
        for text in ["", "x", "1x", "1.2.3", "-1", ".", "9e999", "99999999999999999999999999999999999999999"] {
            case(text, "1", Unit::One, None);
        }
    }
}
