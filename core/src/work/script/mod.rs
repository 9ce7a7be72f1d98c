//! The directives of a script: `#INDEXEDJOB` lines, which hold flags of `create`, and `#SBATCH` lines as far as they
//! have a meaning here.
//!
//! They are read where Slurm reads its own: at the very beginning of a line, before the first line that is neither
//! blank nor a comment. `##SBATCH` is a comment. A line is split into words as a shell does it, and a word that begins
//! with `#` ends it.

mod slurm;

use slurm::Options;

use super::without_byte_order_mark;
use crate::text::shown;

/// What the directives of a script ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// Flags of `create`, one entry for each with its value: `["--parallelism", "4"]`, `["--array=1-3"]`. Those that
    /// `#SBATCH` lines were translated to come first, then those of `#INDEXEDJOB` lines in their order.
    pub args: Vec<Vec<String>>,
    /// The options of `#SBATCH` that were left out since nothing here corresponds to them, each once: `--output`,
    /// `--nodes=1`.
    pub ignored: Vec<String>,
    /// The value of `--job-name`, whatever it holds; None where no line gives it.
    pub name: Option<String>,
}

/// A directive that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ScriptError {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong; safe to show.
    pub message: String,
    /// What to do about it; None where the message says it all.
    pub hint: Option<String>,
}

impl ScriptError {
    fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Does `script` name its interpreter in the first line?
#[must_use]
pub fn has_shebang(script: &[u8]) -> bool {
    script.starts_with(b"#!")
}

/// The directives of `script`, which is otherwise left alone and may hold any bytes.
///
/// An error for a directive that cannot be followed, and for a first line that no kernel takes for a `#!`.
pub fn directives(script: &[u8]) -> Result<Directives, ScriptError> {
    runnable(script)?;
    let lines = (1..).zip(without_byte_order_mark(script).split(|byte| *byte == b'\n'));
    let (mut options, mut own) = (Options::default(), Vec::new());
    for (number, line) in lines.take_while(|(_, line)| is_comment(line)) {
        if let Some(rest) = after(line, b"#SBATCH") {
            options.read(number, words(number, rest)?)?;
        } else if let Some(rest) = after(line, b"#INDEXEDJOB") {
            own.append(&mut flags(number, words(number, rest)?)?);
        }
    }
    let mut directives = options.translated()?;
    directives.args.append(&mut own);
    Ok(directives)
}

/// A `#!` that the kernel does not see, or whose interpreter it does not find.
fn runnable(script: &[u8]) -> Result<(), ScriptError> {
    if !has_shebang(script) && has_shebang(without_byte_order_mark(script)) {
        let message = "a byte order mark stands before #!, so that the system does not see it";
        return Err(ScriptError::new(1, message).hint("save the script as UTF-8 without a byte order mark"));
    }
    let first = script.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if has_shebang(first) && first.ends_with(b"\r") {
        let message = "the first line ends with a carriage return, which the system takes as part of the command";
        return Err(ScriptError::new(1, message).hint("write the script with Unix line ends: dos2unix SCRIPT"));
    }
    Ok(())
}

/// Is it a comment, or blank?
fn is_comment(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), None | Some(b'#'))
}

/// What follows `word` at the beginning of `line`; None where another word begins with it.
fn after<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(word)?;
    let ends = rest.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'-');
    ends.then_some(rest)
}

fn words(line: usize, text: &[u8]) -> Result<Vec<String>, ScriptError> {
    let text = str::from_utf8(text.trim_ascii_end()).map_err(|_| ScriptError::new(line, "not UTF-8"))?;
    shlex::split(text).ok_or_else(|| ScriptError::new(line, "a quote is not closed, or a backslash ends the line"))
}

/// The words of an `#INDEXEDJOB` line by flag. What the flags are, and whether they take a value, is for the command
/// line to say; but what cannot be one is refused here, where its line is known.
fn flags(line: usize, words: Vec<String>) -> Result<Vec<Vec<String>>, ScriptError> {
    let mut flags: Vec<Vec<String>> = Vec::new();
    for word in words {
        if word == "--" {
            return Err(ScriptError::new(line, "-- has no place in a script, which is itself the command"));
        }
        match flags.last_mut() {
            _ if is_flag(&word) => flags.push(vec![word]),
            Some(flag) if flag.len() == 1 && !flag[0].contains('=') => flag.push(word),
            _ => return Err(ScriptError::new(line, format!("\"{}\" belongs to no flag", shown(&word)))),
        }
    }
    Ok(flags)
}

/// `-` alone is a file, and `-1` a number.
fn is_flag(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii_digit() && c != '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn args(script: &str, want: &[&[&str]]) {
        assert_eq!(directives(script.as_bytes()).unwrap().args, want);
    }

    #[track_caller]
    fn refuses(script: &str, want: &str) -> Option<String> {
        let error = directives(script.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), want);
        error.hint
    }

    #[test]
    fn our_lines_are_flags() {
        let script = "#!/bin/sh\n#INDEXEDJOB --parallelism 4 --wait -e A='x y'  # two\n#INDEXEDJOB\techo\n";
        refuses(script, "line 3: \"echo\" belongs to no flag");
        args(
            "#INDEXEDJOB --parallelism 4 --wait -e A='x y' # --two\n#INDEXEDJOB --retries=2\necho",
            &[&["--parallelism", "4"], &["--wait"], &["-e", "A=x y"], &["--retries=2"]],
        );
        args(
            "#INDEXEDJOB --items-from - --timeout -1 --exit-code -.5\n#INDEXEDJOB\n",
            &[&["--items-from", "-"], &["--timeout", "-1"], &["--exit-code", "-.5"]],
        );
        args("#INDEXEDJOB --items 'a \"#b\"' --label x=#y", &[&["--items", "a \"#b\""], &["--label", "x=#y"]]);
    }

    #[test]
    fn a_value_belongs_to_one_flag() {
        refuses("\n#INDEXEDJOB x", "line 2: \"x\" belongs to no flag");
        refuses("#INDEXEDJOB --items a b", "line 1: \"b\" belongs to no flag");
        refuses("#INDEXEDJOB --items=a \x1b", "line 1: \"^[\" belongs to no flag");
        refuses("#INDEXEDJOB --wait -- x", "line 1: -- has no place in a script, which is itself the command");
        refuses("#INDEXEDJOB --items 'a", "line 1: a quote is not closed, or a backslash ends the line");
    }

    #[test]
    fn directives_end_where_the_commands_begin() {
        args("#!/bin/sh\n\n  # a\n#INDEXEDJOB -a\n \t\r\nset -e\n#INDEXEDJOB -b\n", &[&["-a"]]);
        args("echo\n#INDEXEDJOB -b", &[]);
        args("", &[]);
    }

    #[test]
    fn other_comments_are_none() {
        args("##INDEXEDJOB -a\n##SBATCH -x\n #INDEXEDJOB -b\n# INDEXEDJOB -c\n#INDEXEDJOBS -d\n#SBATCHES -e\n", &[]);
        args("#INDEXEDJOB--wait\n#SBATCH--array=1-3", &[&["--array=1-3"], &["--wait"]]);
    }

    #[test]
    fn the_script_may_hold_any_bytes() {
        let read = directives(b"# \xff\n#INDEXEDJOB --wait\necho \xff\n#INDEXEDJOB \xff").unwrap();
        assert_eq!(read.args, [["--wait"]]);
        assert_eq!(directives(b"#INDEXEDJOB \xff").unwrap_err().to_string(), "line 1: not UTF-8");
    }

    #[test]
    fn windows_line_ends_are_read_and_their_trap_is_named() {
        args("# x\r\n#INDEXEDJOB --wait\r\n#SBATCH -a 1-3\r\n\r\necho\r\n", &[&["--array=1-3"], &["--wait"]]);
        let hint = refuses(
            "#!/bin/bash\r\necho\r\n",
            "line 1: the first line ends with a carriage return, which the system takes as part of the command",
        );
        assert_eq!(hint.as_deref(), Some("write the script with Unix line ends: dos2unix SCRIPT"));
        args("#!/bin/bash\necho\r\n", &[]);
    }

    #[test]
    fn a_byte_order_mark_hides_the_shebang() {
        let hint = refuses(
            "\u{feff}#!/bin/sh\n",
            "line 1: a byte order mark stands before #!, so that the system does not see it",
        );
        assert_eq!(hint.as_deref(), Some("save the script as UTF-8 without a byte order mark"));
        args("\u{feff}#INDEXEDJOB --wait\n", &[&["--wait"]]);
        assert!(has_shebang(b"#!/bin/sh") && !has_shebang("\u{feff}#!/bin/sh".as_bytes()) && !has_shebang(b"# !"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_script_panics(lines in proptest::collection::vec(
            "(#SBATCH|#INDEXEDJOB)? ?(--mem=|--gres|-t|--time=|-a|--nodes=|-)?[ 0-9MG:=,'\"#\\\\-]{0,8}\r?", 0..4,
        )) {
            let _ = directives(lines.join("\n").as_bytes());
        }
    }
}
