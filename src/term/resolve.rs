//! What to draw, and in colour or not: tables of what the user wishes and what the terminal is, without looking at
//! either.

use crate::env::Env;

/// How the user wishes progress to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// As the terminal allows.
    Auto,
    /// Lines.
    Plain,
    /// JSON objects on stdout, a line each.
    Json,
    /// Nothing.
    None,
}

/// Whether the user wishes colours: `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal that can.
    #[default]
    Auto,
    /// Yes, also in a pipe.
    Always,
    /// No.
    Never,
}

/// What the terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Does stdout go to a terminal?
    pub(crate) stdout_is_terminal: bool,
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
    /// The same as JSON, on stdout.
    Json,
    /// Nothing.
    Silent,
}

/// | wish  | terminal | elsewhere, or dumb |
/// |-------|----------|--------------------|
/// | auto  | bar      | lines              |
/// | plain | lines    | lines              |
/// | json  | json     | json               |
/// | none  | silent   | silent             |
pub(super) fn progress(wish: Wish, seen: Seen) -> Style {
    match wish {
        Wish::None => Style::Silent,
        Wish::Json => Style::Json,
        Wish::Auto if seen.stderr_is_terminal && !seen.dumb => Style::Bar,
        Wish::Auto | Wish::Plain => Style::Lines,
    }
}

/// | wish   | `NO_COLOR` | `CLICOLOR_FORCE` | terminal | dumb, or elsewhere |
/// |--------|------------|------------------|----------|--------------------|
/// | always | yes        | yes              | yes      | yes                |
/// | never  | no         | no               | no       | no                 |
/// | auto   | no         | yes, unless 0    | yes      | no                 |
///
/// The first column that applies decides, from the left (no-color.org, bixense.com/clicolors).
pub(super) fn color(wish: Color, env: &Env, is_terminal: bool, dumb: bool) -> bool {
    match wish {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if env.get("NO_COLOR").is_some() => false,
        Color::Auto if env.get("CLICOLOR_FORCE").is_some_and(|force| force != "0") => true,
        Color::Auto => is_terminal && !dumb,
    }
}

/// How many columns a terminal has: what `COLUMNS` says if it makes sense, else what the terminal does; None elsewhere. A
/// program that reads what we write must not find less of it because a shell has exported the width of its window.
pub(super) fn width(env: &Env, is_terminal: bool, terminal: Option<u16>) -> Option<usize> {
    if !is_terminal {
        return None;
    }
    let given = env.get("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    given.or_else(|| terminal.map(usize::from).filter(|columns| *columns > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_unless_somebody_says_otherwise() {
        let none = Env::default();
        assert!(color(Color::Auto, &none, true, false));
        assert!(!color(Color::Auto, &none, true, true));
        assert!(!color(Color::Auto, &none, false, false));
        assert!(color(Color::Always, &Env::from([("NO_COLOR", "1")]), false, true));
        assert!(!color(Color::Never, &Env::from([("CLICOLOR_FORCE", "1")]), true, false));
        assert!(!color(Color::Auto, &Env::from([("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]), true, false));
        assert!(color(Color::Auto, &Env::from([("CLICOLOR_FORCE", "1")]), false, true));
        assert!(!color(Color::Auto, &Env::from([("CLICOLOR_FORCE", "0"), ("NO_COLOR", "")]), false, false));
    }

    #[test]
    fn the_width_is_what_somebody_says_or_the_terminal_has() {
        let columns = |columns| Env::from([("COLUMNS", columns)]);
        assert_eq!(width(&columns("40"), true, Some(100)), Some(40));
        assert_eq!(width(&columns("40"), true, None), Some(40), "one that does not say");
        assert_eq!(width(&columns("40"), false, None), None, "a pipe has no columns");
        for nonsense in ["", "0", "-3", "wide"] {
            assert_eq!(width(&columns(nonsense), true, Some(100)), Some(100), "{nonsense}");
        }
        assert_eq!(width(&Env::default(), true, None), None);
    }

    #[test]
    fn the_table_holds() {
        let seen = |stderr_is_terminal, dumb| Seen { stdout_is_terminal: false, stderr_is_terminal, dumb };
        let cases = [
            (Wish::Auto, seen(true, false), Style::Bar),
            (Wish::Auto, seen(true, true), Style::Lines),
            (Wish::Auto, seen(false, false), Style::Lines),
            (Wish::Plain, seen(true, false), Style::Lines),
            (Wish::Json, seen(true, false), Style::Json),
            (Wish::Json, seen(false, true), Style::Json),
            (Wish::None, seen(true, false), Style::Silent),
        ];
        for (wish, seen, want) in cases {
            assert_eq!(progress(wish, seen), want, "{wish:?} {seen:?}");
        }
    }
}
