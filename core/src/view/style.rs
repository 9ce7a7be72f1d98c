//! Colour on a terminal, and none elsewhere. It never says what the words do not.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// Colours, or none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    is_on: bool,
}

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// What has succeeded.
    Good,
    /// What has failed for good.
    Bad,
    /// What may still become good or bad: a failure that is tried again, something that is stuck.
    Warning,
    /// What is under way.
    Active,
    /// What matters less than what stands around it.
    Faint,
    /// One of the colours that tell neighbours apart; the same number is always the same one.
    Nth(u32),
}

/// Six that are readable on black and on white, neighbours far apart.
const APART: [AnsiColor; 6] =
    [AnsiColor::Cyan, AnsiColor::Yellow, AnsiColor::Magenta, AnsiColor::Green, AnsiColor::Blue, AnsiColor::Red];

impl Palette {
    /// All colours, if `is_on`.
    #[must_use]
    pub fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// `text` in the colour of `paint`. Its width on the screen is that of `text`; pad it before, not after.
    #[must_use]
    pub fn paint<T: fmt::Display>(self, paint: Paint, text: T) -> Painted<T> {
        Painted { style: if self.is_on { paint.style() } else { Style::new() }, text }
    }
}

impl Paint {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Good => color(AnsiColor::Green),
            Self::Bad => color(AnsiColor::Red),
            Self::Warning => color(AnsiColor::Yellow),
            Self::Active => color(AnsiColor::Cyan),
            Self::Faint => Style::new().dimmed(),
            Self::Nth(number) => color(APART[number as usize % APART.len()]),
        }
    }
}

/// A text and its colour, to be written.
#[derive(Clone, Copy, Debug)]
pub struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_begins_and_ends_and_none_leaves_nothing() {
        assert_eq!(Palette::new(true).paint(Paint::Bad, "failed").to_string(), "\x1b[31mfailed\x1b[0m");
        assert_eq!(Palette::default().paint(Paint::Bad, "failed").to_string(), "failed");
        let nth = |number| Palette::new(true).paint(Paint::Nth(number), 'x').to_string();
        assert_eq!(nth(1), nth(7));
        assert_ne!(nth(1), nth(2));
    }
}
