//! What to draw: a table of what the user wishes and what the terminal is, without looking at either.

/// How the user wishes progress to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// As the terminal allows.
    Auto,
    /// Lines.
    Plain,
    /// Nothing.
    None,
}

/// What the terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Does stderr go to a terminal?
    pub(crate) stderr_is_terminal: bool,
    /// It cannot move its cursor (TERM=dumb or unset).
    pub(crate) dumb: bool,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A bar that is drawn over itself.
    Bar,
    /// A line when something has changed.
    Lines,
    /// Nothing.
    Silent,
}

/// | wish  | terminal | elsewhere, or dumb |
/// |-------|----------|--------------------|
/// | auto  | bar      | lines              |
/// | plain | lines    | lines              |
/// | none  | silent   | silent             |
pub(super) fn progress(wish: Wish, seen: Seen) -> Style {
    match wish {
        Wish::None => Style::Silent,
        Wish::Auto if seen.stderr_is_terminal && !seen.dumb => Style::Bar,
        Wish::Auto | Wish::Plain => Style::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        let seen = |stderr_is_terminal, dumb| Seen { stderr_is_terminal, dumb };
        let cases = [
            (Wish::Auto, seen(true, false), Style::Bar),
            (Wish::Auto, seen(true, true), Style::Lines),
            (Wish::Auto, seen(false, false), Style::Lines),
            (Wish::Plain, seen(true, false), Style::Lines),
            (Wish::None, seen(true, false), Style::Silent),
        ];
        for (wish, seen, want) in cases {
            assert_eq!(progress(wish, seen), want, "{wish:?} {seen:?}");
        }
    }
}
