//! Values of each task's own, in variables and in the words of its command: from a file that Kubernetes reads
//! (`fileKeyRef`, KEP-3721), or by a POSIX `sh` around the command.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::expansion::{Part, escaped, literal, split_first};
use crate::index_set::IndexSet;
use crate::work::{Piece, Source, Word};

/// The directory of the files that only the plumbing reads.
pub(super) const DIRECTORY: &str = "/indexedjob";
/// The volume that an init container writes them to, if no other has that name.
pub(super) const VOLUME: &str = "indexedjob";
/// The file of the values in it.
pub(super) const FILE: &str = "values";
/// The file of the number in it.
pub(super) const NUMBER_FILE: &str = "number";

/// A value that Kubernetes reads from a file is at most 32 KiB, and the file 64 KiB (KEP-3721).
const VALUE_BYTES: usize = 32 << 10;
const FILE_BYTES: usize = 60 << 10;
/// An argument or variable of a program on Linux is at most 128 KiB (`MAX_ARG_STRLEN`), its name and NUL included.
pub(super) const WORD_BYTES: usize = 127 << 10;
/// A number may be computed by so many cases at the most.
const CASES: usize = 64;

/// The field of a pod that holds its index, as variable and as file.
pub(super) fn index_field() -> Value {
    json!({"fieldPath": "metadata.annotations['batch.kubernetes.io/job-completion-index']"})
}

/// The name of a source in the file of values; a variable of the shell while it sets things up.
pub(super) fn key(source: Source) -> String {
    match source {
        Source::Number => "IJ_N".to_owned(),
        Source::Item => "IJ_I".to_owned(),
        Source::Column(column) => format!("IJ_C{column}"),
    }
}

/// The source of this name: the reverse of [`key`].
fn source(key: &str) -> Option<Source> {
    match key {
        "IJ_N" => Some(Source::Number),
        "IJ_I" => Some(Source::Item),
        _ => key.strip_prefix("IJ_C")?.parse().ok().map(Source::Column),
    }
}

/// The file of values: `KEY='value'` lines, which Kubernetes reads and a shell, too.
pub(super) fn file(values: &[(Source, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    for (source, value) in values {
        file.extend_from_slice(key(*source).as_bytes());
        file.extend_from_slice(b"='");
        for (at, part) in value.split(|byte| *byte == b'\'').enumerate() {
            if at > 0 {
                // Only a shell reads this: Kubernetes knows no quote in a value.
                file.extend_from_slice(br"'\''");
            }
            file.extend_from_slice(part);
        }
        file.extend_from_slice(b"'\n");
    }
    file
}

/// Why Kubernetes cannot read `value` from a file; None where it can (`ParseEnv` in `pkg/kubelet/util/env`).
pub(super) fn unreadable(value: &[u8]) -> Option<&'static str> {
    let has = |part: &[u8]| value.windows(part.len()).any(|window| window == part);
    match value {
        b"" => Some("it is empty"),
        _ if value.len() > VALUE_BYTES => Some("it is longer than 32 KiB"),
        _ if has(b"'") => Some("it holds a single quote"),
        _ if has(b"\r\n") => Some("it holds a carriage return before a line feed"),
        _ if std::str::from_utf8(value).is_err() => Some("it is not UTF-8"),
        _ => None,
    }
}

/// Is the whole file of values too long for Kubernetes?
pub(super) fn is_too_long(file: &[u8]) -> bool {
    file.len() > FILE_BYTES
}

/// Why no program can be given `value` as an argument or variable; None where it can.
pub(super) fn ungivable(value: &[u8]) -> Option<&'static str> {
    match value {
        _ if value.contains(&0) => Some("holds a NUL byte"),
        _ if value.len() > WORD_BYTES => Some("is longer than 127 KiB"),
        _ => None,
    }
}

/// `IJ_N` for every index, computed by a shell; None where that takes too many cases.
pub(super) fn computed(numbers: &IndexSet) -> Option<String> {
    let progressions: Vec<_> = numbers.progressions().take(CASES + 1).collect();
    let mut script = String::new();
    let (mut first, count) = (0, progressions.len());
    if count > CASES {
        return None;
    }
    for (at, run) in progressions.into_iter().enumerate() {
        let next = first + run.count;
        if at + 1 < count {
            let keyword = if at == 0 { "if" } else { "elif" };
            let _ = write!(script, "{keyword} [ \"$JOB_COMPLETION_INDEX\" -lt {next} ]; then ");
        } else if count > 1 {
            script.push_str("else ");
        }
        let _ = writeln!(script, "IJ_N=$(((JOB_COMPLETION_INDEX - {first}) * {} + {}))", run.step, run.first);
        first = next;
    }
    if count > 1 {
        script.push_str("fi\n");
    }
    Some(script)
}

/// The variable `name` with the value of `source`, which Kubernetes reads from the file of values in `volume`.
pub(super) fn from_file(name: &str, source: Source, volume: &str) -> Value {
    json!({"name": name, "valueFrom": {"fileKeyRef": {"volumeName": volume, "path": FILE, "key": key(source)}}})
}

/// A word as Kubernetes expands it. `variable` names the variable of a source.
pub(super) fn expanded(word: &[Piece], variable: impl Fn(Source) -> String) -> String {
    let mut text = String::new();
    for (at, piece) in word.iter().enumerate() {
        match piece {
            Piece::Text(typed) => text.push_str(&literal(typed, matches!(word.get(at + 1), Some(Piece::Value(_))))),
            Piece::Value(source) => {
                let _ = write!(text, "$({})", variable(*source));
            }
        }
    }
    text
}

/// `word` with `$(NAME)` replaced where `known` has a word for the name: these variables are not Kubernetes' to expand.
pub(super) fn with_values(word: &[Piece], known: impl Fn(&str) -> Option<Word>) -> Word {
    let mut found = Word::new();
    for piece in word {
        let Piece::Text(text) = piece else {
            found.push(piece.clone());
            continue;
        };
        // Texts of two variables stay apart: a `$` of one and a `(` of the other are no reference.
        let (mut kept, mut rest) = (String::new(), text.as_str());
        while let Some((part, after)) = split_first(rest) {
            let value = if let Part::Reference(name) = part { known(name) } else { None };
            match value {
                Some(word) => {
                    found.extend(some_text(&mut kept));
                    found.extend(word);
                }
                None => kept.push_str(&rest[..rest.len() - after.len()]),
            }
            rest = after;
        }
        found.extend(some_text(&mut kept));
    }
    found
}

/// Takes `text` as a piece; None where it is empty.
fn some_text(text: &mut String) -> Option<Piece> {
    (!text.is_empty()).then(|| Piece::Text(std::mem::take(text)))
}

/// A command that sets `variables` and then is `command`: a shell's program that holds nothing of what was typed, and
/// behind it the typed parts, which Kubernetes expands as it does in any command.
///
/// `prelude` makes the values known as variables of the shell. The typed parts are as Kubernetes must read them.
pub(super) fn wrapper(prelude: &str, variables: &[(String, Word)], command: &[Word]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut quoted = |word: &[Piece]| in_quotes(word, &mut parts);
    let mut script = prelude.to_owned();
    for (name, word) in variables {
        let _ = writeln!(script, "export {name}={}", quoted(word));
    }
    let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    let _ = writeln!(script, "exec {}", command.join(" "));
    let head = ["sh".to_owned(), "-c".to_owned(), escaped(&script), "sh".to_owned()];
    head.into_iter().chain(parts).collect()
}

/// A word for the shell, whose texts become arguments of it behind those of `parts`.
fn in_quotes(word: &[Piece], parts: &mut Vec<String>) -> String {
    let mut text = "\"".to_owned();
    for piece in word {
        let _ = match piece {
            Piece::Text(part) => {
                parts.push(part.clone());
                write!(text, "${{{}}}", parts.len())
            }
            Piece::Value(source) => write!(text, "${}", key(*source)),
        };
    }
    text.push('"');
    text
}

/// The variable that a line of a [`wrapper`] exports, and what it puts there; None for any other line.
fn exported<'a>(line: &'a str, parts: &[String]) -> Option<(&'a str, Word)> {
    let (name, quoted) = line.strip_prefix("export ")?.split_once('=')?;
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let piece = |part: &str| match part.strip_prefix('{') {
        Some(nth) => {
            Some(Piece::Text(parts.get(nth.strip_suffix('}')?.parse::<usize>().ok()?.checked_sub(1)?)?.clone()))
        }
        None => source(part).map(Piece::Value),
    };
    let pieces = text.split("$$").skip(1).map(piece).collect::<Option<_>>()?;
    Some((name, pieces))
}

/// Does the shell of a [`wrapper`] know the value of `source`? Only what it puts somewhere is sure to be in its file.
pub(super) fn is_set_by(command: &Value, source: Source) -> bool {
    let name = format!("$${}", key(source));
    let script = command[2].as_str().unwrap_or_default();
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    script.match_indices(&name).any(|(at, _)| ends(&script[at + name.len()..]))
}

/// Is `command` a [`wrapper`] around another one? Each sets variables of its own.
pub(super) fn is_nested(command: &Value) -> bool {
    let words: Vec<&str> = command.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let sets_values = |script: &str| script.contains("IJ_N=") || script.contains(DIRECTORY);
    words.windows(4).filter(|words| matches!(words, ["sh", "-c", script, "sh"] if sets_values(script))).count() > 1
}

/// `words`, which are as Kubernetes must read them, in place of the command inside a [`wrapper`], whose variables stay;
/// None where the `command` of a container is no such wrapper.
pub(super) fn rewrapped(command: &Value, words: &[Word]) -> Option<Vec<String>> {
    let old: Vec<&str> = command.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let ["sh", "-c", script, "sh"] = old.get(..4)? else { return None };
    let (prelude, exec) = script.strip_suffix('\n')?.rsplit_once('\n')?;
    let sets_values = prelude.contains("IJ_N=") || prelude.contains(DIRECTORY);
    if !sets_values || !exec.starts_with("exec \"") {
        return None;
    }
    let mut parts: Vec<String> = old[4..].iter().map(ToString::to_string).collect();
    let variables: BTreeMap<&str, Word> = prelude.lines().filter_map(|line| exported(line, &parts)).collect();
    let words = words.iter().map(|word| with_values(word, |name| variables.get(name).cloned()));
    let exec: Vec<String> = words.map(|word| escaped(&in_quotes(&word, &mut parts))).collect();
    let script = format!("{prelude}\nexec {}\n", exec.join(" "));
    let start = ["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()];
    Some(start.into_iter().chain(parts).collect())
}

#[cfg(test)]
mod tests {
    use super::super::super::expansion::kubernetes;
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    #[test]
    fn a_value_may_stand_behind_any_dollar() {
        let variables = BTreeMap::from([("ITEM", "it$$em")]);
        for before in ["$", "$$", "$$$", "a$"] {
            let word = [text(before), Piece::Value(Source::Item), text("$")];
            let expanded = expanded(&word, |_| "ITEM".into());
            assert_eq!(kubernetes(&expanded, &variables), format!("{before}it$$em$"), "{expanded}");
        }
    }

    #[test]
    fn numbers_are_found_in_what_was_typed() {
        let value = Piece::Value(Source::Number);
        let known = |name: &str| (name == "N").then(|| vec![text("<"), Piece::Value(Source::Number)]);
        let of = |typed: &str| with_values(&[text(typed)], known);
        assert_eq!(
            of("a$(N)b$$(N)$(M)$$$(N)"),
            [text("a"), text("<"), value.clone(), text("b$$(N)$(M)$$"), text("<"), value.clone()]
        );
        // Kubernetes takes all up to the first `)` for the name.
        assert_eq!(of("$(f $(N))$(N)"), [text("$(f $(N))"), text("<"), value]);
    }

    #[test]
    fn a_wrapper_around_another_is_told() {
        let inner = wrapper(". /indexedjob/values || exit\n", &[], &[vec![text("rev")]]);
        let words: Vec<Word> = inner.iter().map(|word| vec![text(word)]).collect();
        let outer = wrapper("IJ_N=$$((IJ_N+1))\n", &[], &words);
        let own = wrapper("IJ_N=1\n", &[], &[vec![text("sh")], vec![text("-c")], vec![text("work")], vec![text("sh")]]);
        assert_eq!([inner, outer, own].map(|command| is_nested(&json!(command))), [false, true, false]);
    }

    #[test]
    fn a_command_is_replaced_inside_the_wrapper_and_its_variables_stay() {
        let variables = [("ITEM".to_owned(), vec![text("<"), Piece::Value(Source::Item)])];
        let old = wrapper(". /indexedjob/values || exit\n", &variables, &[vec![text("rev")], vec![text("f")]]);
        let new = rewrapped(&json!(old), &[vec![text("cat")], vec![text("$$HOME")]]).unwrap();
        let script = ". /indexedjob/values || exit\nexport ITEM=\"$${1}$$IJ_I\"\nexec \"$${4}\" \"$${5}\"\n";
        assert_eq!(new, ["sh", "-c", script, "sh", "<", "rev", "f", "cat", "$$HOME"]);
        assert_eq!(rewrapped(&json!(new), &[vec![text("true")]]).unwrap().len(), 10);
        let item = [vec![text("a"), Piece::Value(Source::Item)], vec![]];
        assert!(rewrapped(&json!(old), &item).unwrap()[2].ends_with("\nexec \"$${4}$$IJ_I\" \"\"\n"));
        let by_name = rewrapped(&json!(old), &[vec![text("a$(ITEM)")]]).unwrap();
        assert_eq!(by_name[2].lines().last(), Some("exec \"$${4}$${5}$$IJ_I\""));
        assert_eq!(by_name[7..], ["a", "<"]);
        assert!(is_set_by(&json!(old), Source::Item) && !is_set_by(&json!(old), Source::Column(1)));
        for other in [json!(["sh", "-c", "echo a\nexec \"$$@\"\n", "sh", "true"]), json!(["true"]), Value::Null] {
            assert_eq!(rewrapped(&other, &[vec![text("cat")]]), None, "{other}");
        }
    }

    #[test]
    fn what_kubernetes_cannot_read_from_a_file() {
        assert_eq!(unreadable(b"a \"b\" $x\n\xc3\xa4"), None);
        for value in [&b""[..], b"it's", b"a\r\nb", b"\xff", &b"x".repeat(VALUE_BYTES + 1)] {
            assert!(unreadable(value).is_some());
        }
        assert_eq!(file(&[(Source::Item, b"a'b"), (Source::Column(2), b"c")]), b"IJ_I='a'\\''b'\nIJ_C2='c'\n");
    }

    #[test]
    fn numbers_are_computed_case_by_case() {
        let script = |set: &str| computed(&set.parse().unwrap()).unwrap();
        assert_eq!(script("1-10"), "IJ_N=$(((JOB_COMPLETION_INDEX - 0) * 1 + 1))\n");
        assert_eq!(
            script("0-6:2,20-22"),
            "if [ \"$JOB_COMPLETION_INDEX\" -lt 4 ]; then IJ_N=$(((JOB_COMPLETION_INDEX - 0) * 2 + 0))\n\
             else IJ_N=$(((JOB_COMPLETION_INDEX - 4) * 1 + 20))\nfi\n"
        );
    }

    #[test]
    fn the_wrapper_holds_nothing_that_was_typed() {
        let command = [vec![text("rev")], vec![text("--in="), Piece::Value(Source::Item), text(".txt")], vec![]];
        let variables = [("ITEM".to_owned(), vec![Piece::Value(Source::Item)])];
        let wrapped = wrapper(". /indexedjob/values || exit\n", &variables, &command);
        assert_eq!(
            wrapped,
            [
                "sh",
                "-c",
                ". /indexedjob/values || exit\nexport ITEM=\"$$IJ_I\"\nexec \"$${1}\" \"$${2}$$IJ_I$${3}\" \"\"\n",
                "sh",
                "rev",
                "--in=",
                ".txt",
            ]
        );
    }
}
