//! [`align`]: columns as Go's text/tabwriter makes them, which is how kubectl aligns what it describes.

/// Spaces between the widest cell of a column and the next cell.
const PADDING: usize = 2;

/// `text` with its tabs replaced by spaces, so that columns line up.
///
/// A tab ends a cell; what follows a line's last tab belongs to no column and is not padded. A column is a run of
/// consecutive lines that have a cell there, so a line without a tab ends all of them. Width counts code points.
pub(super) fn align(text: &str) -> String {
    let Some(text) = text.strip_suffix('\n').or((!text.is_empty()).then_some(text)) else {
        return String::new();
    };
    let lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
    let mut widths: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    let columns = lines.iter().map(|cells| cells.len() - 1).max().unwrap_or(0);
    for column in 0..columns {
        widen(&lines, &mut widths, column);
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (cells, widths) in lines.iter().zip(&widths) {
        for (at, cell) in cells.iter().enumerate() {
            out.push_str(cell);
            let pad = widths.get(at).map_or(0, |width| width - cell.chars().count());
            out.extend(std::iter::repeat_n(' ', pad));
        }
        out.push('\n');
    }
    out
}

/// Adds the width of `column` to every line that has a cell there.
fn widen(lines: &[Vec<&str>], widths: &mut [Vec<usize>], column: usize) {
    let has = |cells: &Vec<&str>| cells.len() > column + 1;
    let mut first = 0;
    for block in lines.chunk_by(|a, b| has(a) == has(b)) {
        let end = first + block.len();
        if has(&block[0]) {
            let widest = block.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
            widths[first..end].iter_mut().for_each(|widths| widths.push(widest + PADDING));
        }
        first = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, want: &str) {
        assert_eq!(align(text), want);
    }

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell_and_two() {
        case("a\tb\nlong\tc\n", "a     b\nlong  c\n");
        case("no tab\n", "no tab\n");
        case("", "");
        case("\n", "\n");
    }

    #[test]
    fn a_line_without_a_tab_ends_every_column() {
        case("a:\t1\nlonger:\t2\nPlain:\nb:\t3\n", "a:       1\nlonger:  2\nPlain:\nb:  3\n");
    }

    #[test]
    fn what_follows_the_last_tab_is_in_no_column() {
        case("a\tvery long\nbb\tx\ty\n", "a   very long\nbb  x  y\n");
        case("a\t\nb\tc\n", "a  \nb  c\n");
    }

    #[test]
    fn a_later_column_ends_where_a_line_has_no_cell_there() {
        case("a\tlong\tx\nb\ty\nc\tz\tw\n", "a  long  x\nb  y\nc  z  w\n");
    }

    #[test]
    fn empty_cells_are_padded_too() {
        case("\tone\n\ttwo\n", "  one\n  two\n");
        case("label:\tone\n\ttwo\n", "label:  one\n        two\n");
    }

    #[test]
    fn width_counts_code_points() {
        case("größe\t1\nabcde\t2\n", "größe  1\nabcde  2\n");
    }
}
