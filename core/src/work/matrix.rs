//! `--matrix lr=0.1,0.01 --matrix seed=1,2,3`: one task for each combination of values.

use super::items::{Columns, Items, ItemsError};
use super::list;

/// The most combinations; more would only fill the memory, since no Job of that size can be delivered.
const MOST_ROWS: u32 = 10_000_000;

/// The product of `axes`, each `NAME=VALUE,VALUE,...` with the quoting of [`items`](super::items).
///
/// The last axis varies fastest, and the columns are the names, in the order given. An item is a JSON object of
/// strings, its keys sorted. More than 10,000,000 items are refused before any is built.
pub fn matrix(axes: &[String]) -> Result<Items, ItemsError> {
    let axes = axes.iter().map(|axis| values(axis)).collect::<Result<Vec<_>, _>>()?;
    let (names, axes): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
    if names.is_empty() {
        return Err(ItemsError::Empty("the matrix has no axis"));
    }
    let columns = Columns::new(names)?;
    let rows = (0..size(&axes)?).map(|row| columns.item(combination(&axes, row as usize))).collect();
    columns.table(rows, "the matrix has no axis")
}

/// The name of an axis and its values.
fn values(axis: &str) -> Result<(String, Vec<String>), ItemsError> {
    let (name, values) = axis.split_once('=').ok_or_else(|| ItemsError::Axis(axis.to_owned()))?;
    let values = list::items(values).map_err(|error| ItemsError::AxisValues { name: name.to_owned(), error })?;
    Ok((name.to_owned(), values))
}

/// How many combinations there are, before any of them is made.
fn size(axes: &[Vec<String>]) -> Result<u32, ItemsError> {
    let size = axes.iter().fold(1u128, |size, values| size.saturating_mul(values.len() as u128));
    u32::try_from(size).ok().filter(|size| *size <= MOST_ROWS).ok_or(ItemsError::TooMany(size, MOST_ROWS))
}

/// The values of the combination `row`, as the digits of a number.
fn combination(axes: &[Vec<String>], mut row: usize) -> Vec<String> {
    let mut fields: Vec<_> = axes
        .iter()
        .rev()
        .map(|values| {
            let value = values[row % values.len()].clone();
            row /= values.len();
            value
        })
        .collect();
    fields.reverse();
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(axes: &[&str]) -> Result<Items, ItemsError> {
        matrix(&axes.iter().map(|axis| (*axis).to_owned()).collect::<Vec<_>>())
    }

    #[track_caller]
    fn refuses(axes: &[&str], want: &str) {
        assert_eq!(of(axes).unwrap_err().to_string(), want);
    }

    #[test]
    fn the_last_axis_varies_fastest() {
        let items = of(&["lr=0.1,0.01", "seed=1,2,3"]).unwrap();
        assert_eq!(items.columns(), ["lr", "seed"]);
        let rows: Vec<_> = items.rows().iter().map(|row| row.fields.join(" ")).collect();
        assert_eq!(rows, ["0.1 1", "0.1 2", "0.1 3", "0.01 1", "0.01 2", "0.01 3"]);
    }

    #[test]
    fn the_item_is_an_object_with_sorted_keys() {
        let items = of(&["z=\"a, \"\"b\"\"\",", "a=x=y"]).unwrap();
        let texts: Vec<_> = items.rows().iter().map(|row| str::from_utf8(&row.text).unwrap()).collect();
        assert_eq!(texts, [r#"{"a":"x=y","z":"a, \"b\""}"#, r#"{"a":"x=y","z":""}"#]);
        assert_eq!(items.rows()[0].fields, ["a, \"b\"", "x=y"]);
    }

    #[test]
    fn an_axis_has_a_name_of_its_own_and_values() {
        refuses(&[], "no items: the matrix has no axis");
        refuses(&["lr"], "\"lr\" is not NAME=VALUE,VALUE,...");
        refuses(&["lr=1", "=2"], "column 2 has no name");
        refuses(&["lr=1", "lr=2"], "two columns are called \"lr\"");
        refuses(&["{lr=1"], "the column \"{lr\" has a brace in its name; {column} in a command could not name it");
        refuses(&["a\u{1b}="], "a^[: the list is empty; a Job without a task does nothing");
        let want = "lr: item 2: the double quote is not closed, or something follows it; \
                    write a quote in an item as \"a \"\"b\"\"\"";
        refuses(&["lr=1,\"2"], want);
    }

    #[test]
    fn the_size_is_known_before_it_is_built() {
        let ten = "0,1,2,3,4,5,6,7,8,9";
        let axes = |count| (0..count).map(|at| format!("a{at}={ten}")).collect::<Vec<_>>();
        let refused = |count| matrix(&axes(count)).unwrap_err();
        assert_eq!(refused(8).to_string(), "100000000 items are too many; at most 10000000 are possible");
        assert_eq!(refused(60), ItemsError::TooMany(u128::MAX, MOST_ROWS));
        assert_eq!(matrix(&axes(4)).unwrap().len(), 10_000);
    }
}
