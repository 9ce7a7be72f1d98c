//! The table for people, and the lines below it.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::screen::{Fold, Screen};
use super::{Row, SortBy, Status};
use crate::digest;
use crate::human;
use crate::index_set::IndexSet;
use crate::numbering::{Index, Numbering};
use crate::text::{Foreign, shown, shown_bytes};
use crate::view::style::Palette;
use crate::view::table::{Heading, Table, cut};
use crate::view::{ending, indexes, line, map};

/// So wide a set of numbers in the first column may be.
const SET: usize = 24;
/// So wide a message may be where it is not wanted whole.
const MESSAGE: usize = 100;

/// So long a line below the table may be where there is no screen, unless everything is wanted.
const LINE: usize = 200;

/// How it is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// All columns, and nothing in them cut.
    pub wide: bool,
    /// Which rows.
    pub rows: Rows,
    /// In which order.
    pub sort: SortBy,
    /// How wide the screen is; None is no limit.
    pub width: Option<usize>,
    /// Its colours.
    pub palette: Palette,
}

/// Which rows a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Every task that is meant.
    All,
    /// At most so many, of those that somebody should look at.
    Screen(usize),
}

/// Writes the page, every line with its newline: the rows and, where these are not all that is asked for, the summary.
pub fn page(status: &Status, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    rows(status, look, out)?;
    match look.rows {
        Rows::All => Ok(()),
        Rows::Screen(_) => summary(status, look, out),
    }
}

/// Writes how the Job stands as a whole and why tasks failed, every line with its newline.
pub fn summary(status: &Status, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    Page { status, look, columns: vec![] }.summary(out)
}

/// Writes the table, every line with its newline; nothing where it has no rows.
pub fn rows(status: &Status, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { status, look, columns: columns(status, look.wide) };
    let mut table = Table::new(page.columns.iter().map(|column| column.heading()).collect(), 1);
    let mut more = vec![];
    match look.rows {
        Rows::All => status.sorted(look.sort).for_each(|row| page.row(&mut table, &row)),
        Rows::Screen(most) => {
            let screen = Screen::of(status, look.sort, most);
            screen.rows.iter().for_each(|row| page.row(&mut table, row));
            screen.folds.iter().for_each(|fold| page.fold(&mut table, fold));
            more = screen.more;
        }
    }
    if !table.is_empty() {
        table.write(out, look.palette, look.width.filter(|_| !look.wide))?;
    }
    for (state, left_out) in more {
        writeln!(out, "... and {left_out} more {state} (--state {state})", state = state.as_str())?;
    }
    Ok(())
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    State,
    ApiIndex,
    Attempts,
    Exit,
    Reason,
    Restarts,
    Node,
    Duration,
    Age,
    Pod,
    Item,
    Message,
}

impl Column {
    fn heading(self) -> Heading {
        let rank = match self {
            Self::Restarts => 6,
            Self::Node => 5,
            Self::Age => 4,
            Self::Pod => 3,
            Self::Duration => 2,
            Self::Attempts => 1,
            _ => 0,
        };
        Heading { name: self.name(), rank }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "INDEX",
            Self::State => "STATE",
            Self::ApiIndex => "API-INDEX",
            Self::Attempts => "ATTEMPTS",
            Self::Exit => "EXIT",
            Self::Reason => "REASON",
            Self::Restarts => "RESTARTS",
            Self::Node => "NODE",
            Self::Duration => "DURATION",
            Self::Age => "AGE",
            Self::Pod => "POD",
            Self::Item => "ITEM",
            Self::Message => "MESSAGE",
        }
    }
}

/// The wide table has the API's index where that is another number, and the item where there are items.
fn columns(status: &Status, wide: bool) -> Vec<Column> {
    use Column::{Age, ApiIndex, Attempts, Duration, Exit, Item, Message, Node, Number, Pod, Reason, Restarts, State};
    let mut columns = vec![Number, State, Attempts, Exit, Reason, Restarts, Node, Duration, Age, Pod, Message];
    if wide && status.items.is_some() {
        columns.insert(columns.len() - 1, Item);
    }
    if wide && status.progress.numbering().set().is_some() {
        columns.insert(2, ApiIndex);
    }
    columns
}

struct Page<'a> {
    status: &'a Status<'a>,
    look: &'a Look,
    columns: Vec<Column>,
}

impl Page<'_> {
    fn row(&self, table: &mut Table, row: &Row) {
        let cells = self.columns.iter().map(|column| self.cell(*column, row));
        table.row(Some(row.state().paint()), cells);
    }

    fn cell<'a>(&self, column: Column, row: &Row<'a>) -> Cow<'a, str> {
        let pod = row.status.newest;
        let text = |text: Option<String>| text.unwrap_or_default();
        let cell = match column {
            Column::Number => row.number.to_string(),
            Column::State => return row.state().as_str().into(),
            Column::ApiIndex => row.status.index.0.to_string(),
            Column::Attempts => text(row.attempts().map(|attempts| attempts.to_string())),
            Column::Exit => text(row.exit_code().map(|code| code.to_string())),
            Column::Reason => row.status.reason().shown().into_owned(),
            Column::Restarts => text(pod.map(|pod| pod.restarts().to_string())),
            Column::Node => return pod.and_then(|pod| pod.node.as_deref()).map(shown).unwrap_or_default(),
            Column::Duration => text(row.duration().map(human::duration)),
            Column::Age => text(row.age().map(human::duration)),
            Column::Pod => return pod.map(|pod| shown(&pod.name)).unwrap_or_default(),
            Column::Item => text(row.item.map(shown_bytes)),
            Column::Message => self.message(&row.status.message()),
        };
        cell.into()
    }

    /// Many tasks that wait for the same, as `squeue` shows them; a single one has a row like any other.
    fn fold(&self, table: &mut Table, fold: &Fold) {
        let numbering = self.status.progress.numbering();
        let (row, is_one) = (&fold.first, fold.indexes.len() == 1);
        let cells = self.columns.iter().map(|column| match column {
            Column::Number => self.set(&numbering, &fold.indexes).into(),
            Column::Message if !fold.no_pod.is_empty() => self.message(&fold.no_pod).into(),
            Column::State | Column::Reason | Column::Message => self.cell(*column, row),
            _ if is_one => self.cell(*column, row),
            _ => Cow::default(),
        });
        table.row(Some(row.state().paint()), cells);
    }

    /// `5-999`; of a long set its beginning, and how many there are.
    fn set(&self, numbering: &Numbering, indexes: &IndexSet) -> String {
        let text = numbering.numbers(indexes).compact();
        if text.len() <= SET || self.look.wide {
            return text;
        }
        let count = format!("... ({})", indexes.len());
        let room = text.get(..SET - count.len()).unwrap_or_default();
        let parts = room.rfind(',').map_or("", |end| &room[..=end]);
        format!("{parts}{count}")
    }

    fn message(&self, message: &Foreign) -> String {
        let last = message.without_escapes().last_line();
        let shown = last.shown();
        if self.look.wide { shown.into_owned() } else { cut(&shown, MESSAGE) }
    }

    /// How the Job stands as a whole, and why tasks failed.
    fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let progress = self.status.progress;
        let Some(job) = progress.job() else { return Ok(()) };
        let name = shown(&job.name);
        if let Some(line) = line::progress(progress, None) {
            self.wrapped(out, &format!("{name}: {line}"))?;
        }
        let outcome = progress.verdict().and_then(|verdict| ending::outcome(&name, verdict, progress));
        if let Some(outcome) = &outcome {
            self.wrapped(out, outcome)?;
        }
        let causes = digest::failures(progress, None);
        let failures = ending::failures(progress, None, &causes, &digest::recovered(progress, None));
        let unfinished = ending::unfinished(progress, None, &causes).filter(|_| outcome.is_some());
        for line in failures.lines().chain(unfinished.as_deref()) {
            self.line(out, line)?;
        }
        let unknown = self.unknown();
        if unknown.is_empty() {
            return Ok(());
        }
        let unknown = indexes(&progress.numbering().numbers(&unknown));
        self.line(out, &format!("what the pods of {unknown} do is not known"))
    }

    /// The tasks of which nothing is known but that they are not done.
    fn unknown(&self) -> IndexSet {
        let Status { progress, chosen, .. } = self.status;
        chosen.iter().filter(|index| progress.state(Index(*index)).is_none()).collect()
    }

    /// What counts most, broken between words where the screen ends.
    fn wrapped(&self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        let Some(columns) = self.look.width.filter(|_| !self.look.wide) else { return self.line(out, text) };
        let mut lines = String::new();
        map::wrap(&mut lines, text.split(' ').map(|word| (word.width(), word.to_owned())), " ", columns);
        out.write_all(lines.as_bytes())
    }

    /// One line, cut where the screen ends: a set of numbers may be longer than all the rest.
    fn line(&self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        match self.look.wide {
            true => writeln!(out, "{text}"),
            false => writeln!(out, "{}", cut(text, self.look.width.unwrap_or(LINE))),
        }
    }
}
