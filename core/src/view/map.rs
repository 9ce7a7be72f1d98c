//! A Job on one screen: a cell for each task or, where there are too many, for several of them.

use std::fmt::Write as _;

use super::style::{Paint, Palette};
use crate::numbering::Number;
use crate::progress::IndexState;

/// How high a map is at the most, without its legend.
const ROWS: usize = 16;
/// How wide it is where nobody says how wide the screen is.
const WIDTH: usize = 80;
/// The fewest cells of a row, on however narrow a screen.
const FEWEST: usize = 10;

impl IndexState {
    /// The letter that stands for it in a map.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Succeeded => '#',
            Self::Failed => 'F',
            Self::Running => 'R',
            Self::Starting => 'S',
            Self::Terminating => 'T',
            Self::Retrying => 'W',
            Self::Pending => '.',
            Self::Unfinished => 'U',
            Self::Skipped => '-',
        }
    }

    /// The colour that goes with it.
    #[must_use]
    pub fn paint(self) -> Paint {
        match self {
            Self::Succeeded => Paint::Good,
            Self::Failed => Paint::Bad,
            Self::Running | Self::Starting => Paint::Active,
            Self::Retrying | Self::Terminating => Paint::Warning,
            Self::Pending | Self::Unfinished | Self::Skipped => Paint::Faint,
        }
    }
}

/// A map, every line with its newline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// The cells.
    pub rows: String,
    /// What they mean, and how many tasks there are of each state.
    pub legend: String,
}

/// Tasks and their states, in the order of their numbers, on a screen that is `width` columns wide; `total` is how many
/// there are.
///
/// A row begins with the number of its first task. It is never higher than a small screen, however many there are: a
/// cell then stands for several tasks, and shows the one that most needs to be looked at ([`IndexState::ALL`] is in
/// that order).
pub fn map(
    tasks: impl Iterator<Item = (Number, IndexState)>,
    total: u32,
    width: Option<usize>,
    palette: Palette,
) -> Map {
    let tasks: Vec<(Number, IndexState)> = tasks.take(total as usize).collect();
    let label = tasks.last().map_or(0, |(last, _)| last.to_string().len());
    let cells = width.unwrap_or(WIDTH).saturating_sub(label + 1).max(FEWEST);
    // Tens are easier to count than the whole screen.
    let cells = cells / 10 * 10;
    let each = round(tasks.len().div_ceil(cells * ROWS));
    let mut rows = String::new();
    for row in tasks.chunks(cells * each) {
        let _ = write!(rows, "{:>label$} ", row[0].0.0);
        let worst = row.chunks(each).filter_map(|cell| cell.iter().map(|(_, state)| *state).min_by_key(|s| rank(*s)));
        runs(&mut rows, worst, palette);
        rows.push('\n');
    }
    Map { rows, legend: legend(&tasks, each, width.unwrap_or(usize::MAX), palette) }
}

/// The next number that is 1, 2 or 5 times a power of ten: rows then begin with numbers that people can count by.
fn round(least: usize) -> usize {
    let tens = std::iter::successors(Some(1usize), |tens| tens.checked_mul(10));
    let round = tens.flat_map(|tens| [1, 2, 5].map(|times| tens.saturating_mul(times)));
    round.into_iter().find(|round| *round >= least).unwrap_or(least)
}

/// Its place among those that need to be looked at.
fn rank(state: IndexState) -> usize {
    IndexState::ALL.iter().position(|known| *known == state).unwrap_or(IndexState::ALL.len())
}

/// Letters, those of one colour painted at once.
fn runs(text: &mut String, states: impl Iterator<Item = IndexState>, palette: Palette) {
    let states: Vec<IndexState> = states.collect();
    for run in states.chunk_by(|one, other| one == other) {
        let letters: String = run.iter().map(|state| state.letter()).collect();
        let _ = write!(text, "{}", palette.paint(run[0].paint(), letters));
    }
}

/// What the letters mean, and how many tasks there are of each; broken between words.
fn legend(tasks: &[(Number, IndexState)], each: usize, width: usize, palette: Palette) -> String {
    let count = |state: IndexState| tasks.iter().filter(|(_, other)| *other == state).count();
    let parts = IndexState::ALL.iter().map(|state| (*state, count(*state))).filter(|(_, count)| *count > 0);
    let parts = parts.map(|(state, count)| {
        let rest = format!(" {count} {}", state.as_str());
        (1 + rest.len(), format!("{}{rest}", palette.paint(state.paint(), state.letter())))
    });
    let mut text = String::new();
    wrap(&mut text, parts, "   ", width);
    if each > 1 {
        let words = format!("a letter is {each} indexes, and shows the one that most needs to be looked at");
        wrap(&mut text, words.split(' ').map(|word| (word.len(), word.to_owned())), " ", width);
    }
    text
}

/// Parts, each with the columns that it takes, in lines of at most `most` columns where no part is longer.
pub(super) fn wrap(text: &mut String, parts: impl Iterator<Item = (usize, String)>, between: &str, most: usize) {
    let mut used = 0;
    for (width, part) in parts {
        if used > 0 && used + between.len() + width > most {
            text.push('\n');
            used = 0;
        }
        let gap = if used > 0 { between } else { "" };
        let _ = write!(text, "{gap}{part}");
        used += gap.len() + width;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndexState::{Failed, Pending, Retrying, Running, Starting, Succeeded, Terminating};

    fn whole(map: &Map) -> String {
        format!("{}{}", map.rows, map.legend)
    }

    fn of(states: &[IndexState], width: usize) -> String {
        let tasks = (0..).map(Number).zip(states.iter().copied());
        whole(&map(tasks, u32::try_from(states.len()).unwrap(), Some(width), Palette::default()))
    }

    #[test]
    fn a_cell_for_each_task() {
        let mut states = vec![Succeeded; 12];
        states.extend([Failed, Running, Running, Starting, Terminating, Retrying]);
        states.extend([Pending; 15]);
        insta::assert_snapshot!(of(&states, 24), @r"
         0 ############FRRSTW..
        20 .............
        F 1 failed
        W 1 retrying
        R 2 running
        S 1 starting
        T 1 terminating
        . 15 pending
        # 12 succeeded
        ");
    }

    #[test]
    fn one_of_a_hundred_thousand_that_failed_is_seen() {
        let mut states = vec![Succeeded; 100_000];
        states[54_321] = Failed;
        states[99_999] = Pending;
        let text = of(&states, 80);
        insta::assert_snapshot!(text.lines().skip(6).collect::<Vec<_>>().join("\n"), @r"
        42000 ######################################################################
        49000 #####################################################F################
        56000 ######################################################################
        63000 ######################################################################
        70000 ######################################################################
        77000 ######################################################################
        84000 ######################################################################
        91000 ######################################################################
        98000 ###################.
        F 1 failed   . 1 pending   # 99998 succeeded
        a letter is 100 indexes, and shows the one that most needs to be looked at
        ");
    }

    #[test]
    fn its_height_is_that_of_a_small_screen_for_any_size() {
        for total in [1, 9, 10, 1_119, 1_120, 1_121, 54_321, 100_000, 1_000_000] {
            let text = of(&vec![Running; total], 77);
            assert!(text.lines().count() <= ROWS + 2, "{total}");
            assert!(text.lines().take(ROWS).all(|line| line.len() <= 77), "{total}\n{text}");
        }
        assert_eq!(of(&[], 80), "\n");
        assert_eq!(of(&[Failed; 11], 3), " 0 FFFFFFFFFF\n10 F\nF 11 failed\n");
    }

    #[test]
    fn rows_are_named_by_the_numbers_of_the_user() {
        let tasks = (0..25).map(|index| (Number(1_000 + 4 * index), Running));
        let text = whole(&map(tasks, 25, Some(30), Palette::default()));
        assert_eq!(text, "1000 RRRRRRRRRRRRRRRRRRRR\n1080 RRRRR\nR 25 running\n");
    }

    #[test]
    fn colours_only_repeat_what_the_letters_say() {
        let tasks = || [(Number(0), Failed), (Number(1), Failed), (Number(2), Succeeded)].into_iter();
        let painted = whole(&map(tasks(), 3, None, Palette::new(true)));
        assert!(painted.starts_with("0 \x1b[31mFF\x1b[0m\x1b[32m#\x1b[0m\n\x1b[31mF\x1b[0m 2 failed"), "{painted:?}");
    }

    #[test]
    fn the_legend_breaks_between_words() {
        let mut states = vec![Succeeded; 1_000];
        states.extend([Failed; 3]);
        let tasks = || (0..).map(Number).zip(states.iter().copied());
        let legend = |palette| map(tasks(), 1_003, Some(30), palette).legend;
        insta::assert_snapshot!(legend(Palette::default()), @r"
        F 3 failed   # 1000 succeeded
        a letter is 5 indexes, and
        shows the one that most needs
        to be looked at
        ");
        assert_eq!(legend(Palette::new(true)).lines().count(), 4, "colours take no room");
    }
}
