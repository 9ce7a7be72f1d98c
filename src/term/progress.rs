//! Where progress goes: a bar that is drawn over itself, lines that are printed when they change, or nowhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Term;
use super::resolve::{self, Style, Wish};

/// Shows the progress of several Jobs at once, a line each.
pub(crate) struct Progress {
    term: Term,
    style: Style,
    bar: ProgressBar,
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
        Self { term, style, bar, interval, lines: BTreeMap::new() }
    }

    /// Goes on as the user wishes it now.
    pub(crate) fn change(&mut self, wish: Wish) {
        self.bar.finish_and_clear();
        self.style = resolve::progress(wish, self.term.0.seen);
        self.bar = bar(self.style);
        self.term.show_bar(self.bar.clone());
    }

    /// Shows the state of the Job `name`: `bar` where a bar is drawn, `line` where lines are printed.
    ///
    /// A line is printed when it differs from the last one, and not more often than the interval; the first one at once.
    pub(crate) fn show(&mut self, name: &str, bar: impl FnOnce() -> String, line: impl FnOnce() -> String) {
        let known = self.lines.entry(name.to_owned()).or_default();
        match self.style {
            Style::Silent => {}
            Style::Bar => {
                known.shown = bar();
                self.draw();
            }
            Style::Lines => {
                let line = line();
                let due = known.at.is_none_or(|at| at.elapsed() >= self.interval);
                if due && known.shown != line {
                    self.term.note(&format!("{name}: {line}"));
                    *known = Line { shown: line, at: Some(Instant::now()) };
                }
            }
        }
    }

    /// Forgets the Job `name`: its end is told otherwise.
    pub(crate) fn done(&mut self, name: &str) {
        self.lines.remove(name);
        if self.style == Style::Bar {
            self.draw();
        }
    }

    /// A bar that has once been finished is never drawn again: without a Job to show, it is an empty line until the end.
    fn draw(&self) {
        let all: Vec<&str> = self.lines.values().map(|line| line.shown.as_str()).collect();
        self.bar.set_message(all.join("\n"));
        self.bar.tick();
    }
}

fn bar(style: Style) -> ProgressBar {
    let bar = match style {
        Style::Bar => ProgressBar::new_spinner(),
        Style::Lines | Style::Silent => ProgressBar::hidden(),
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
