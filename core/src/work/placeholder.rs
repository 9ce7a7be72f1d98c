//! `{}` and `{column}` in the words of a command: what stands for an item there, and what belongs to somebody else.

use std::fmt::Write as _;

use super::interpreter::code_of;
use crate::text::{quoted, shown};

/// What a variable or a placeholder stands for; of each task its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Its number.
    Number,
    /// Its item.
    Item,
    /// A column of its item, counted from 0.
    Column(usize),
}

/// What stands for the item in a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Token {
    /// `{}` for the item, `{column}` for a column of it.
    #[default]
    Braces,
    /// This string for the item.
    Text(String),
    /// Nothing.
    None,
}

/// A word of a command: what was typed, and what each task puts there for itself.
pub type Word = Vec<Piece>;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it was typed; never empty, and never two of them in a row.
    Text(String),
    /// Of each task its own.
    Value(Source),
}

/// A placeholder where an item would become code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is inside the program that {} runs, where an item would become code", shown(.placeholder), shown(.interpreter))]
pub struct CodeError {
    placeholder: String,
    interpreter: String,
    /// The command that passes the item as an argument instead; None where we cannot say.
    pub safe: Option<String>,
}

/// The words of a command, and the placeholders in it that were left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words in their order.
    pub words: Vec<Word>,
    /// Whose `{}` was left alone, `find` or `xargs`; None where there was none.
    pub left_to: Option<&'static str>,
}

/// What looks like a placeholder in `command` and is none, each once: a name that is no column, `{}` where there are no
/// items (`columns` is None), and GNU parallel's other strings. Programs and what belongs to `find` are not looked at.
#[must_use]
pub fn strays(command: &[String], token: &Token, columns: Option<&[String]>) -> Vec<String> {
    if *token != Token::Braces {
        return vec![];
    }
    let mut strays: Vec<String> = Vec::new();
    for (word, owner) in command.iter().zip(owners(command, token)) {
        if !matches!(owner, Owner::Nobody) {
            continue;
        }
        for (at, _) in word.match_indices('{') {
            let Some(inner) = word[at + 1..].split_once('}').map(|(inner, _)| inner) else { continue };
            let is_known = columns.is_some_and(|columns| inner.is_empty() || columns.iter().any(|name| name == inner));
            let is_name = inner.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
            let is_parallels = matches!(inner, "." | "/" | "//" | "/." | "#" | "%");
            let stray = format!("{{{inner}}}");
            if !is_known && (is_name || is_parallels) && !strays.contains(&stray) {
                strays.push(stray);
            }
        }
    }
    strays
}

/// Which words of `command` are the text of a program, and which program runs it.
#[must_use]
pub fn code(command: &[String]) -> Vec<(usize, String)> {
    let owners = owners(command, &Token::None).into_iter().enumerate();
    let is_code = |(at, owner)| if let Owner::Code { interpreter } = owner { Some((at, interpreter)) } else { None };
    owners.filter_map(is_code).collect()
}

/// Finds the placeholders in `command`. `columns` are the names of the columns; None where there are no items, and so
/// no placeholder.
///
/// `{}` behind `find -exec` up to `;` or `+`, and behind `xargs -I{}`, belongs to those. Inside the program of
/// `sh -c` and the like a placeholder is an error.
pub fn words(command: &[String], token: &Token, columns: Option<&[String]>) -> Result<Words, CodeError> {
    let Some(columns) = columns else {
        return Ok(Words { words: command.iter().map(|word| text(word)).collect(), left_to: None });
    };
    let owners = owners(command, token);
    let mut found = Words::default();
    for (at, word) in command.iter().enumerate() {
        let pieces = pieces(word, token, columns);
        let has_value = pieces.iter().any(|piece| matches!(piece, Piece::Value(_)));
        match &owners[at] {
            Owner::Code { interpreter } if has_value => {
                return Err(code_error(command, at, interpreter, token, columns));
            }
            Owner::Program(program) if has_value => {
                found.left_to = Some(program);
                found.words.push(text(word));
            }
            _ => found.words.push(pieces),
        }
    }
    Ok(found)
}

fn text(word: &str) -> Word {
    if word.is_empty() { vec![] } else { vec![Piece::Text(word.to_owned())] }
}

fn pieces(word: &str, token: &Token, columns: &[String]) -> Word {
    let mut pieces = Vec::new();
    let mut rest = word;
    while let Some((at, length, source)) = first(rest, token, columns) {
        pieces.extend(text(&rest[..at]));
        pieces.push(Piece::Value(source));
        rest = &rest[at + length..];
    }
    pieces.extend(text(rest));
    pieces
}

/// The first placeholder in `text`: where it is, how long it is, what it stands for.
fn first(text: &str, token: &Token, columns: &[String]) -> Option<(usize, usize, Source)> {
    let token = match token {
        Token::None => return None,
        Token::Text(token) => return text.find(token.as_str()).map(|at| (at, token.len(), Source::Item)),
        Token::Braces => "{",
    };
    text.match_indices(token).find_map(|(at, _)| {
        let inner = &text[at + 1..at + text[at..].find('}')?];
        let source = match inner {
            "" => Source::Item,
            name => Source::Column(columns.iter().position(|column| column == name)?),
        };
        Some((at, inner.len() + 2, source))
    })
}

/// Whose a word is.
enum Owner {
    /// Ours to fill in.
    Nobody,
    /// An argument in which this program has `{}` of its own.
    Program(&'static str),
    /// The text of a program.
    Code { interpreter: String },
}

/// Whose each word of `command` is.
fn owners(command: &[String], token: &Token) -> Vec<Owner> {
    let names: Vec<&str> = command.iter().map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
    let braces = *token == Token::Braces;
    let mut owners: Vec<Owner> = command.iter().map(|_| Owner::Nobody).collect();
    for (at, name) in names.iter().enumerate() {
        for script in code_of(name, &command[at + 1..]) {
            owners[at + 1 + script] = Owner::Code { interpreter: (*name).to_owned() };
        }
        if *name == "find" && braces {
            let mut inside = false;
            for (word, owner) in command.iter().zip(&mut owners).skip(at + 1) {
                match word.as_str() {
                    "-exec" | "-execdir" | "-ok" | "-okdir" => inside = true,
                    ";" | "+" => inside = false,
                    _ if inside => *owner = Owner::Program("find"),
                    _ => {}
                }
            }
        }
        if matches!(*name, "xargs" | "parallel") && braces && replaces_braces(name, &command[at + 1..]) {
            let program = if *name == "xargs" { "xargs" } else { "parallel" };
            owners.iter_mut().skip(at + 1).for_each(|owner| *owner = Owner::Program(program));
        }
    }
    owners
}

/// Does `xargs` with these arguments replace `{}` itself? `parallel` always does.
fn replaces_braces(name: &str, arguments: &[String]) -> bool {
    let pairs = arguments.iter().zip(arguments.iter().skip(1).map(String::as_str).chain([""]));
    name == "parallel"
        || pairs.into_iter().any(|(word, next)| {
            matches!(word.as_str(), "-I{}" | "-i" | "-i{}" | "--replace" | "--replace={}")
                || (word == "-I" && next == "{}")
        })
}

/// The error for the script at `at`, with the command that passes each placeholder as an argument.
fn code_error(command: &[String], at: usize, interpreter: &str, token: &Token, columns: &[String]) -> CodeError {
    let script = &command[at];
    let mut used: Vec<String> = Vec::new();
    let mut safe = String::new();
    let mut rest = script.as_str();
    while let Some((place, length, _)) = first(rest, token, columns) {
        let placeholder = rest[place..place + length].to_owned();
        let number = used.iter().position(|known| *known == placeholder).unwrap_or_else(|| {
            used.push(placeholder.clone());
            used.len() - 1
        });
        safe.push_str(&rest[..place]);
        let _ = write!(safe, "\"${}\"", number + 1);
        rest = &rest[place + length..];
    }
    safe.push_str(rest);
    let is_shell = interpreter.ends_with("sh") && !matches!(interpreter, "fish" | "csh" | "tcsh");
    // Quotes around a placeholder would end where ours begin.
    let plain = !script.contains(['"', '\'', '\\', '`']) && command.len() == at + 1 && used.len() < 10;
    let safe = (is_shell && plain).then(|| {
        let mut words: Vec<String> = command[..at].iter().map(|word| quoted(word).into_owned()).collect();
        words.push(quoted(&safe).into_owned());
        words.push("sh".to_owned());
        let plain = |c: char| c.is_alphanumeric() || "{}_-.%@".contains(c);
        words.extend(used.iter().map(|used| match used.chars().all(plain) {
            true => used.clone(),
            false => quoted(used).into_owned(),
        }));
        format!("-- {}", words.join(" "))
    });
    CodeError { placeholder: used.remove(0), interpreter: interpreter.to_owned(), safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(command: &str) -> Vec<String> {
        shlex::split(command).unwrap()
    }

    fn found(command: &str, columns: &[&str]) -> Result<Words, CodeError> {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        words(&split(command), &Token::Braces, Some(&columns))
    }

    /// The words with values shown as `<I>` and `<0>`.
    #[track_caller]
    fn reads(command: &str, columns: &[&str], want: &str) {
        let words = found(command, columns).unwrap().words;
        let shown = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(Source::Item) => "<I>".to_owned(),
            Piece::Value(Source::Column(column)) => format!("<{column}>"),
            Piece::Value(Source::Number) => "<N>".to_owned(),
        };
        let words: Vec<String> = words.iter().map(|word| word.iter().map(shown).collect()).collect();
        assert_eq!(words.join(" "), want);
    }

    #[test]
    fn placeholders_are_found_anywhere_in_a_word() {
        reads("rev {}", &[], "rev <I>");
        reads("x --in=/d/{}.txt {}{}", &[], "x --in=/d/<I>.txt <I><I>");
        reads("x {path} {seed} {}", &["path", "seed"], "x <0> <1> <I>");
    }

    #[test]
    fn other_braces_are_left_alone() {
        reads("awk '{print $1}' f", &["path"], "awk {print $1} f");
        reads("jq '{a: .b, c: {d}}'", &["path"], "jq {a: .b, c: {d}}");
        reads("x '{\"path\": 1}' '{other}' '{' '}' '}{'", &["path"], "x {\"path\": 1} {other} { } }{");
        reads("x '{a{path}}'", &["path"], "x {a<0>}");
    }

    #[test]
    fn without_items_there_is_no_placeholder() {
        let command = split("x {} {path}");
        let words = words(&command, &Token::Braces, None).unwrap().words;
        assert_eq!(words, [text("x"), text("{}"), text("{path}")]);
    }

    #[test]
    fn what_looks_like_a_placeholder_and_is_none_is_found() {
        let strays = |command: &str, columns: Option<&[&str]>| {
            let columns = columns.map(|columns| columns.iter().map(ToString::to_string).collect::<Vec<_>>());
            super::strays(&split(command), &Token::Braces, columns.as_deref())
        };
        assert_eq!(strays("x {pth} {path} {} {pth} {/.}", Some(&["path"])), ["{pth}", "{/.}"]);
        assert_eq!(strays("x {} '{\"a\": 1}' '{a b}'", None), ["{}"]);
        assert_eq!(strays("awk '{print}' find . -exec y {} ';'", Some(&["path"])), [""; 0]);
    }

    #[test]
    fn another_token_or_none() {
        let command = split("x {} %%");
        let other = words(&command, &Token::Text("%%".into()), Some(&[])).unwrap().words;
        assert_eq!(other, [text("x"), text("{}"), vec![Piece::Value(Source::Item)]]);
        let none = words(&command, &Token::None, Some(&[])).unwrap().words;
        assert_eq!(none, [text("x"), text("{}"), text("%%")]);
    }

    #[test]
    fn what_belongs_to_find_and_xargs_stays_theirs() {
        reads("find {} -exec x {} ';' -name {}", &[], "find <I> -exec x {} ; -name <I>");
        assert_eq!(found("find . -exec x {} +", &[]).unwrap().left_to, Some("find"));
        reads("xargs -a {} -I {} cp {} /x", &[], "xargs -a {} -I {} cp {} /x");
        reads("xargs -a {} cp", &[], "xargs -a <I> cp");
        assert_eq!(found("find . -name {}", &[]).unwrap().left_to, None);
    }

    #[test]
    fn an_item_never_becomes_code() {
        for command in [
            "sh -c 'gzip {}'",
            "/bin/bash -euxc 'x {}'",
            "bash -eu -o pipefail -c 'x {}'",
            "env A=1 sh -c 'x {}'",
            "python3.12 -W ignore -c 'x({})'",
            "perl -ne '{}'",
            "sh -ce 'x {}'",
            "python -c'x({})'",
            "awk -F: '{} {print}' f",
            "jq '{}' f",
            "sed s/a/{}/ f",
        ] {
            assert!(found(command, &[]).is_err(), "{command}");
        }
        let error = found("sh -c 'gzip {} > {}.gz'", &[]).unwrap_err();
        assert_eq!(error.to_string(), "{} is inside the program that sh runs, where an item would become code");
        assert_eq!(error.safe.as_deref(), Some("-- sh -c 'gzip \"$1\" > \"$1\".gz' sh {}"));
        let columns = found("bash -c 'x {a} {b} {a}'", &["a", "b"]).unwrap_err();
        assert_eq!(columns.safe.as_deref(), Some("-- bash -c 'x \"$1\" \"$2\" \"$1\"' sh {a} {b}"));
        let spaced = found("sh -c 'x {a b}'", &["a b"]).unwrap_err();
        assert_eq!(spaced.safe.as_deref(), Some("-- sh -c 'x \"$1\"' sh '{a b}'"));
        assert_eq!(found("sh -c 'x \"{}\"'", &[]).unwrap_err().safe, None);
        reads("sh -c 'gzip \"$1\"' sh {}", &[], "sh -c gzip \"$1\" sh <I>");
        reads("sh -c 'echo hi' {}", &[], "sh -c echo hi <I>");
        reads("python train.py -c {}", &[], "python train.py -c <I>");
    }
}
