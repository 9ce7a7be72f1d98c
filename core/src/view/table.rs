//! Columns as kubectl prints them: a header in capitals, three spaces between columns, no lines.
//!
//! `comfy-table` keeps every cell as a String in a tree of its own, which is too much for 100,000 rows; here all cells
//! stand in one text.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::style::{Paint, Palette};

const BETWEEN: usize = 3;
/// The last column may be as narrow as this before another one is left out.
const LAST: u32 = 20;
/// What stands where a text was cut.
const CUT: &str = "...";

/// The head of a column.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// Its name.
    pub name: &'static str,
    /// On a screen that is too narrow for all, columns are left out, those of the highest rank first; 0 never is.
    pub rank: u8,
}

/// A table that grows by rows, and is written when the widths of its columns are known.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Heading>,
    /// All cells, one after the other.
    text: String,
    /// Where each cell ends in `text`, and how wide it is.
    cells: Vec<(usize, u32)>,
    /// The column that is painted, and the paint of each row.
    painted: usize,
    paints: Vec<Option<Paint>>,
    /// No column is narrower than this.
    least: Vec<u32>,
}

impl Table {
    /// A table without rows; `painted` is the column that says what the paint of a row says.
    #[must_use]
    pub fn new(columns: Vec<Heading>, painted: usize) -> Self {
        Self { columns, text: String::new(), cells: Vec::new(), painted, paints: Vec::new(), least: Vec::new() }
    }

    /// Makes no column narrower than in the tables before that were given the same `widths`: rows that are printed later
    /// stand below the earlier ones, as with kubectl.
    pub fn keep_widths(&mut self, widths: &mut Vec<u32>) {
        self.least = std::mem::take(widths);
        *widths = self.widths();
    }

    /// Adds a row of one line in each cell; those that are missing are empty.
    pub fn row<T: AsRef<str>>(&mut self, paint: Option<Paint>, cells: impl IntoIterator<Item = T>) {
        let before = self.cells.len();
        for cell in cells.into_iter().take(self.columns.len()) {
            self.text.push_str(cell.as_ref());
            self.cells.push((self.text.len(), width(cell.as_ref())));
        }
        self.cells.resize(before + self.columns.len(), (self.text.len(), 0));
        self.paints.push(paint);
    }

    /// Has it no rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paints.is_empty()
    }

    /// Writes the header and all rows, every line with its newline. Where they are wider than `most` columns of the
    /// screen, what can best be missed is left out, and what is still too long is cut off and marked; None is no limit.
    pub fn write(&self, out: &mut dyn Write, palette: Palette, most: Option<usize>) -> io::Result<()> {
        let widths = self.kept(self.widths(), most);
        let header = self.columns.iter().map(|column| (column.name, width(column.name)));
        line(out, header, &widths, most, |_, text| text.to_owned())?;
        let mut begin = 0;
        let cells = self.cells.chunks(self.columns.len().max(1));
        for (row, paint) in cells.zip(&self.paints) {
            let cells = row.iter().map(|(end, width)| {
                let text = &self.text[begin..*end];
                begin = *end;
                (text, *width)
            });
            let painted = |column: usize, text: &str| match paint.filter(|_| column == self.painted) {
                Some(paint) => palette.paint(paint, text).to_string(),
                None => text.to_owned(),
            };
            line(out, cells, &widths, most, painted)?;
        }
        Ok(())
    }

    /// How wide each column is; None of one that is left out.
    fn kept(&self, widths: Vec<u32>, most: Option<usize>) -> Vec<Option<u32>> {
        let mut kept: Vec<Option<u32>> = widths.into_iter().map(Some).collect();
        let Some(most) = most else { return kept };
        loop {
            let last = kept.iter().rposition(Option::is_some);
            let room = |(at, width): (usize, &u32)| if Some(at) == last { (*width).min(LAST) } else { *width } as usize;
            let shown = kept.iter().enumerate().filter_map(|(at, width)| Some((at, width.as_ref()?)));
            let needed: usize = shown.map(|column| room(column) + BETWEEN).sum();
            let ranks = self.columns.iter().map(|column| column.rank).enumerate();
            let worst = ranks.filter(|(at, rank)| *rank > 0 && kept[*at].is_some()).max_by_key(|(_, rank)| *rank);
            match worst {
                Some((at, _)) if needed > most + BETWEEN => kept[at] = None,
                _ => return kept,
            }
        }
    }

    /// How wide each column would like to be.
    fn widths(&self) -> Vec<u32> {
        let mut widths: Vec<u32> = self.columns.iter().map(|column| width(column.name)).collect();
        for row in self.cells.chunks(widths.len().max(1)) {
            for (widest, (_, width)) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(*width);
            }
        }
        for (widest, least) in widths.iter_mut().zip(&self.least) {
            *widest = (*widest).max(*least);
        }
        widths
    }
}

/// One line, without spaces at its end.
fn line<'a>(
    out: &mut dyn Write,
    cells: impl Iterator<Item = (&'a str, u32)>,
    widths: &[Option<u32>],
    most: Option<usize>,
    paint: impl Fn(usize, &str) -> String,
) -> io::Result<()> {
    let (mut used, mut owed) = (0, 0);
    for (column, ((text, width), widest)) in cells.zip(widths).enumerate() {
        let Some(widest) = widest else { continue };
        let left = most.map_or(usize::MAX, |most| most.saturating_sub(used + owed));
        if width > 0 && left > 0 {
            let shown = cut(text, left);
            write!(out, "{:owed$}{}", "", paint(column, &shown))?;
            used += owed + self::width(&shown) as usize;
            owed = 0;
        }
        owed += (*widest - width.min(*widest)) as usize + BETWEEN;
    }
    writeln!(out)
}

/// How many columns of the screen a text of one line takes.
fn width(text: &str) -> u32 {
    // What `shown` leaves has no control characters.
    let width = if text.is_ascii() { text.len() } else { text.width() };
    u32::try_from(width).unwrap_or(u32::MAX)
}

/// `text`, or as much of it as fits into `most` columns with a mark behind it.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if width(text) as usize <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(CUT.len());
    let mut used = 0;
    let fits = |c: &char| {
        used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
        used <= room
    };
    let kept: String = text.chars().take_while(fits).collect();
    kept + &CUT[..most.min(CUT.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table, palette: Palette, most: Option<usize>) -> String {
        let mut out = Vec::new();
        table.write(&mut out, palette, most).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn table() -> Table {
        let heading = |(name, rank)| Heading { name, rank };
        let mut table = Table::new([("INDEX", 0), ("STATE", 0), ("MESSAGE", 0)].map(heading).to_vec(), 1);
        table.row(Some(Paint::Bad), ["7", "failed", "größer als 5 €"]);
        table.row(None, ["100000", "", "漢字"]);
        table.row(Some(Paint::Good), ["8", "succeeded"]);
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        insta::assert_snapshot!(written(&table(), Palette::default(), None), @r"
        INDEX    STATE       MESSAGE
        7        failed      größer als 5 €
        100000               漢字
        8        succeeded
        ");
    }

    #[test]
    fn a_narrow_screen_cuts_lines_and_says_so() {
        insta::assert_snapshot!(written(&table(), Palette::default(), Some(26)), @r"
        INDEX    STATE       ME...
        7        failed      gr...
        100000               漢字
        8        succeeded
        ");
        insta::assert_snapshot!(written(&table(), Palette::default(), Some(11)), @r"
        INDEX    ..
        7        ..
        100000
        8        ..
        ");
    }

    #[test]
    fn a_narrow_screen_leaves_out_what_can_best_be_missed() {
        let heading = |(name, rank)| Heading { name, rank };
        let columns = [("INDEX", 0), ("NODE", 2), ("AGE", 1), ("MESSAGE", 0)].map(heading).to_vec();
        let mut table = Table::new(columns, 0);
        table.row(None, ["7", "node-1", "5m", "no space left on device, at all"]);
        let header = |most| written(&table, Palette::default(), Some(most)).lines().next().unwrap().to_owned();
        assert_eq!(header(60), "INDEX   NODE     AGE   MESSAGE");
        assert_eq!(header(43), "INDEX   NODE     AGE   MESSAGE");
        assert_eq!(header(42), "INDEX   AGE   MESSAGE");
        assert_eq!(header(33), "INDEX   MESSAGE");
        let text = written(&table, Palette::default(), Some(33));
        assert_eq!(text, "INDEX   MESSAGE\n7       no space left on devic...\n");
    }

    #[test]
    fn later_rows_stand_below_earlier_ones() {
        let mut widths = vec![];
        let mut text = String::new();
        for state in ["SuccessCriteriaMet", "Complete"] {
            let mut table = Table::new(vec![Heading { name: "STATUS", rank: 0 }, Heading { name: "AGE", rank: 0 }], 0);
            table.row(None, [state, "5m"]);
            table.keep_widths(&mut widths);
            text += &written(&table, Palette::default(), None);
        }
        let ages: Vec<_> = text.lines().map(|line| line.find("AGE").or(line.find("5m")).unwrap()).collect();
        assert_eq!(ages, [21, 21, 21, 21], "{text}");
    }

    #[test]
    fn paint_takes_no_room() {
        let painted = written(&table(), Palette::new(true), Some(26));
        assert!(painted.contains("7        \x1b[31mfailed\x1b[0m      gr..."), "{painted:?}");
        let plain = written(&table(), Palette::default(), Some(26));
        assert_eq!(painted.replace("\x1b[31m", "").replace("\x1b[32m", "").replace("\x1b[0m", ""), plain);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("12345", 5), "12345");
        assert_eq!(cut("123456", 5), "12...");
        assert_eq!(cut("漢字漢字", 6), "漢...");
        assert_eq!(cut("123456", 2), "..");
    }
}
