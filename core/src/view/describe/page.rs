//! [`Page`]: what the blocks write to. Every text goes through its one escape, and it alone sets the tabs that align.

use std::borrow::Cow;
use std::fmt::Display;

use super::tabs;
use crate::text::shown;

/// Columns from one tab stop to the next, for tabs inside a value.
const TAB_STOP: usize = 8;

/// Lines in the making; a level of indentation is two spaces, as in kubectl.
#[derive(Default)]
pub(super) struct Page {
    raw: String,
}

impl Page {
    /// One line outside of all columns. It ends the columns above it.
    pub(super) fn line(&mut self, level: usize, text: &str) {
        self.row(level, &[text]);
    }

    /// `label:` and a value, aligned with the fields around it.
    pub(super) fn field(&mut self, level: usize, label: &str, value: impl Display) {
        self.row(level, &[&format!("{label}:"), &value.to_string()]);
    }

    /// Several fields, in this order.
    pub(super) fn fields(&mut self, level: usize, fields: &[(&str, &dyn Display)]) {
        for (label, value) in fields {
            self.field(level, label, value);
        }
    }

    /// Cells of one line; each but the last belongs to a column.
    pub(super) fn row(&mut self, level: usize, cells: &[&str]) {
        self.raw.push_str(&indent(level));
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.raw.push('\t');
            }
            self.raw.push_str(&safe(cell));
        }
        self.raw.push('\n');
    }

    /// `title:` and one item per line below each other, `<none>` without any.
    ///
    /// On a level below the first, kubectl indents the items too, and their empty first cell twice.
    pub(super) fn list(&mut self, level: usize, title: &str, items: impl Iterator<Item = String>) {
        let pad = indent(level);
        let mut first = Some(format!("{pad}{title}:"));
        for item in items {
            let label = first.take().unwrap_or_else(|| pad.repeat(2));
            self.row(0, &[&label, &format!("{pad}{item}")]);
        }
        if let Some(label) = first {
            self.row(0, &[&label, &format!("{pad}<none>")]);
        }
    }

    /// The text, aligned.
    pub(super) fn finish(self) -> String {
        tabs::align(&self.raw)
    }
}

/// The spaces before a line of this level.
pub(super) fn indent(level: usize) -> String {
    "  ".repeat(level)
}

/// `text` without a control character but the newline: tabs become the spaces they look like, the rest is written out.
///
/// kubectl escapes ESC and CR only. A tab in a value would move its columns, and terminals obey other controls too.
fn safe(text: &str) -> Cow<'_, str> {
    let Cow::Owned(_) = shown(text) else {
        return Cow::Borrowed(text);
    };
    let lines: Vec<_> = text.split('\n').map(|line| shown(&without_tabs(line)).into_owned()).collect();
    Cow::Owned(lines.join("\n"))
}

fn without_tabs(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.chars() {
        let wide = if c == '\t' { TAB_STOP - column % TAB_STOP } else { 1 };
        match c {
            '\t' => out.extend(std::iter::repeat_n(' ', wide)),
            c => out.push(c),
        }
        column += wide;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_value_reaches_the_terminal_raw(label in any::<String>(), value in any::<String>()) {
            let mut page = Page::default();
            page.field(1, &label, &value);
            page.list(2, &label, [value].into_iter());
            let text = page.finish();
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
    }

    #[track_caller]
    fn case(input: &str, want: &str) {
        assert_eq!(safe(input), want);
    }

    #[test]
    fn control_characters_are_written_out_and_lines_kept() {
        case("plain größe", "plain größe");
        case("one\ntwo\n", "one\ntwo\n");
        case("\u{1b}[1m\r\nb\u{7}\u{9b}", "^[[1m\\r\nb\\x07\\x9b");
        case("a\u{c}b\u{b}c", "a\\x0cb\\x0bc");
    }

    #[test]
    fn a_tab_in_a_value_becomes_spaces() {
        case("\tif\n1234567\tx\n12345678\ty", "        if\n1234567 x\n12345678        y");
    }

    #[test]
    fn a_value_cannot_move_the_columns() {
        let mut page = Page::default();
        page.field(0, "A", "x\ty");
        page.field(0, "Long", "z");
        assert_eq!(page.finish(), "A:     x       y\nLong:  z\n");
    }

    #[test]
    fn lists_repeat_kubectls_indentation() {
        let mut page = Page::default();
        page.list(0, "Labels", ["a=b", "c=d"].map(str::to_owned).into_iter());
        page.list(2, "Deep", ["a=b", "c=d"].map(str::to_owned).into_iter());
        page.list(0, "No", std::iter::empty());
        assert_eq!(
            page.finish(),
            "Labels:    a=b\n           c=d\n    Deep:      a=b\n               c=d\nNo:        <none>\n"
        );
    }
}
