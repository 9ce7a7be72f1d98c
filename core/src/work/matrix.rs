//! `--matrix lr=0.1,0.01 --matrix seed=1,2,3`: one task for each combination of values.

use super::items::{Columns, Items, ItemsError};
use super::list;

/// The most combinations; more would only fill the memory, since no Job of that size can be delivered.
const MOST_ROWS: u32 = 10_000_000;

/// The product of `axes`, each `NAME=VALUE,VALUE,...` with the quoting of [`list::items`]. The last axis varies fastest,
/// and the columns are the names, in the order given.
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
