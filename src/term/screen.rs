//! A block of lines that is drawn over itself.

use std::fmt::Write as _;
use std::io;

use console::truncate_str;

use super::Term;

/// A place on stdout for a block that changes.
pub(crate) struct Screen {
    term: Term,
    /// Is it a terminal that can move its cursor?
    is_drawn_over: bool,
    drawn: Drawn,
}

/// A block that changes. Where a screen is too low for all, the foot is what stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Lines of which a part tells something, each with its newline.
    pub(crate) body: String,
    /// Lines that tell how it is as a whole, each with its newline.
    pub(crate) foot: String,
}

/// What is on the screen now.
#[derive(Debug, Default)]
struct Drawn {
    /// How many lines the block has.
    lines: usize,
    /// How many notes there had been when it was drawn.
    notes: usize,
}

impl Screen {
    pub(super) fn new(term: Term, is_drawn_over: bool) -> Self {
        Self { term, is_drawn_over, drawn: Drawn::default() }
    }

    /// Does a new block take the place of the old one? Else it would stand below it.
    pub(crate) fn is_drawn_over(&self) -> bool {
        self.is_drawn_over
    }

    /// Draws `block` in place of the last one. What is beyond the end of the screen could not be drawn over: it is left
    /// out, and counted. A line that would take two of the screen is cut.
    pub(crate) async fn draw(&mut self, block: &Block) -> io::Result<()> {
        let size = self.term.size();
        let lines = fitted(block, size.map(|(_, rows)| rows));
        let lines: Vec<String> = match size {
            Some((columns, _)) => lines.iter().map(|line| truncate_str(line, columns, "...").into_owned()).collect(),
            None => lines,
        };
        let text = self.drawn.over(&lines, self.term.notes());
        self.term.page(&text).await
    }
}

impl Drawn {
    /// What draws `lines` over the block that is there. Notes that came after it stand below it: there it is left as it
    /// is, and these are drawn below the notes.
    fn over(&mut self, lines: &[String], notes: usize) -> String {
        let mut text = String::new();
        if self.lines > 0 && self.notes == notes {
            let _ = write!(text, "\x1b[{}A", self.lines);
        }
        // Until all is there, the old block stays: a screen that is emptied first flickers.
        for line in lines {
            let _ = write!(text, "\r{line}\x1b[K\n");
        }
        text.push_str("\x1b[J");
        *self = Self { lines: lines.len(), notes };
        text
    }
}

/// As many lines as a screen has, but for the one with the cursor.
fn fitted(block: &Block, height: Option<usize>) -> Vec<String> {
    let most = height.unwrap_or(usize::MAX).saturating_sub(1).max(1);
    // The line that counts what is left out of the body needs its place, too.
    let is_whole = block.body.lines().count() + block.foot.lines().count() <= most;
    let foot = shortened(&block.foot, if is_whole || block.body.is_empty() { most } else { (most - 1).max(1) });
    let mut lines = if most > foot.len() { shortened(&block.body, most - foot.len()) } else { vec![] };
    lines.extend(foot);
    lines
}

/// So many lines of `text`, the last of which tells how many there are more.
fn shortened(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.len() > most {
        // One line tells more by itself than by its number.
        let kept = if most > 1 { most - 1 } else { usize::from(lines.len() == 1) };
        let left_out = lines.len() - kept;
        lines.truncate(kept);
        lines.push(format!("... and {left_out} more lines"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str, foot: &str, height: Option<usize>) -> Vec<String> {
        fitted(&Block { body: body.to_owned(), foot: foot.to_owned() }, height)
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(shown("a\nb\nc\n", "", Some(4)), ["a", "b", "c"]);
        assert_eq!(shown("a\nb\nc\nd\n", "", Some(4)), ["a", "b", "... and 2 more lines"]);
        assert_eq!(shown("a\nb\n", "", Some(2)), ["... and 2 more lines"]);
        assert_eq!(shown("a\nb\n", "", None), ["a", "b"]);
    }

    #[test]
    fn on_a_low_screen_the_foot_stays() {
        assert_eq!(shown("a\nb\n", "x\ny\n", Some(5)), ["a", "b", "x", "y"]);
        assert_eq!(shown("a\nb\nc\nd\n", "x\ny\n", Some(6)), ["a", "b", "... and 2 more lines", "x", "y"]);
        assert_eq!(shown("a\nb\nc\n", "x\ny\nz\n", Some(4)), ["... and 3 more lines", "x", "... and 2 more lines"]);
        assert_eq!(shown("", "x\ny\nz\n", Some(3)), ["x", "... and 2 more lines"]);
        for height in 1..10 {
            let lines = shown("a\nb\nc\nd\n", "x\ny\nz\n", Some(height));
            assert!(lines.len() <= (height - 1).max(1), "{height}: {lines:?}");
        }
    }

    #[test]
    fn a_block_goes_over_the_last_one_and_below_notes() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let mut drawn = Drawn::default();
        assert_eq!(drawn.over(&lines(&["a", "b"]), 0), "\ra\x1b[K\n\rb\x1b[K\n\x1b[J");
        assert_eq!(drawn.over(&lines(&["c"]), 0), "\x1b[2A\rc\x1b[K\n\x1b[J");
        assert_eq!(drawn.over(&lines(&["d"]), 1), "\rd\x1b[K\n\x1b[J", "what is above is a note");
        assert_eq!(drawn.over(&lines(&["e"]), 1), "\x1b[1A\re\x1b[K\n\x1b[J");
    }
}
