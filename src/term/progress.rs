//! Where progress goes: a bar that is drawn over itself, lines that are printed when they change, or nowhere.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Term;
use super::resolve::{self, Style, Wish};

/// The columns of a terminal that does not say.
const COLUMNS: usize = 80;
/// The most Jobs that are drawn; others are counted.
const ROWS: usize = 10;
const BETWEEN_DRAWS: Duration = Duration::from_millis(50);

/// What is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line with a bar, in as many columns at the most.
    Bar { columns: usize },
    /// A line.
    Line,
    /// A JSON object on one line.
    Json,
}

/// Shows the progress of several Jobs at once, a line each.
pub(crate) struct Progress {
    term: Term,
    style: Style,
    bar: ProgressBar,
    /// When that was last; None before the first time.
    drawn: Option<Instant>,
    interval: Duration,
    lines: BTreeMap<String, Line>,
}

#[derive(Default)]
struct Line {
    /// What was shown last.
    shown: String,
    /// When that was; None before the first time.
    at: Option<Instant>,
}

impl Progress {
    pub(super) fn new(term: Term, style: Style, interval: Duration) -> Self {
        let bar = bar(style);
        term.show_bar(bar.clone());
        Self { term, style, bar, drawn: None, interval, lines: BTreeMap::new() }
    }

    /// Goes on as the user wishes it now.
    pub(crate) fn change(&mut self, wish: Wish) {
        self.bar.finish_and_clear();
        self.style = resolve::progress(wish, self.term.0.seen);
        self.bar = bar(self.style);
        self.term.show_bar(self.bar.clone());
    }

    /// Is stdout for JSON, and for nothing else?
    pub(crate) fn is_json(&self) -> bool {
        self.style == Style::Json
    }

    /// Shows how the Job `name` gets on, as `draw` draws it.
    ///
    /// A line is printed when `state` differs from the last one, and not more often than the interval; the first one at
    /// once.
    pub(crate) fn show(
        &mut self,
        name: &str,
        state: impl FnOnce() -> String,
        draw: impl FnOnce(Form) -> String,
    ) -> io::Result<()> {
        let known = self.lines.entry(name.to_owned()).or_default();
        let form = match self.style {
            Style::Silent => return Ok(()),
            Style::Bar => {
                let columns = self.term.note_width().unwrap_or(COLUMNS);
                // In the last column some terminals begin a new line.
                known.shown = draw(Form::Bar { columns: columns.saturating_sub(1) });
                self.draw(false);
                return Ok(());
            }
            Style::Lines => Form::Line,
            Style::Json => Form::Json,
        };
        let state = state();
        let due = known.at.is_none_or(|at| at.elapsed() >= self.interval);
        if !due || known.shown == state {
            return Ok(());
        }
        *known = Line { shown: state, at: Some(Instant::now()) };
        match form {
            Form::Json => self.term.out(&(draw(form) + "\n")),
            form => {
                self.term.note(&draw(form));
                Ok(())
            }
        }
    }

    /// Tells how it stands at the end of a part, where lines are printed and this is none that was: the last one may be a
    /// while ago, and would be all that is left to read.
    pub(crate) fn show_last(&mut self, name: &str, state: &str) {
        let known = self.lines.entry(name.to_owned()).or_default();
        if self.style == Style::Lines && known.shown != state {
            *known = Line { shown: state.to_owned(), at: Some(Instant::now()) };
            self.term.note(state);
        }
    }

    /// Writes one more JSON object, where stdout is for that.
    pub(crate) fn event(&self, json: impl FnOnce() -> String) -> io::Result<()> {
        if self.is_json() { self.term.out(&(json() + "\n")) } else { Ok(()) }
    }

    /// Forgets the Job `name`: its end is told otherwise.
    pub(crate) fn done(&mut self, name: &str) {
        self.lines.remove(name);
        if self.style == Style::Bar {
            self.draw(true);
        }
    }

    /// A bar that has once been finished is never drawn again: without a Job to show, it is an empty line until the end.
    /// A thousand Jobs that change at a time are not drawn a thousand times; whoever goes on is drawn again soon.
    fn draw(&mut self, at_once: bool) {
        if !at_once && self.drawn.is_some_and(|at| at.elapsed() < BETWEEN_DRAWS) {
            return;
        }
        let mut all: Vec<&str> = self.lines.values().map(|line| line.shown.as_str()).take(ROWS).collect();
        let more = self.lines.len().checked_sub(ROWS).filter(|more| *more > 0);
        let more = more.map(|more| format!("and {more} more"));
        all.extend(more.as_deref());
        self.bar.set_message(all.join("\n"));
        self.bar.tick();
        self.drawn = Some(Instant::now());
    }
}

fn bar(style: Style) -> ProgressBar {
    let bar = match style {
        Style::Bar => ProgressBar::new_spinner(),
        Style::Lines | Style::Json | Style::Silent => ProgressBar::hidden(),
    };
    bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.term.show_bar(ProgressBar::hidden());
    }
}
