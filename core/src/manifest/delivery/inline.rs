//! Lists in the script of an init container, as in the Kubernetes docs.

use super::super::expansion::escaped;
use crate::text::quoted;

/// The script may take so much of each pod: it stands in the manifest of every one of them.
pub(super) const SCRIPT_BYTES: usize = 32 << 10;

/// The script that writes the item of each index to `path`: the docs' two lines where every item is a plain word;
/// otherwise the items are quoted and printed as they are. None where it would be too long, or bash would not give an
/// item back.
pub(super) fn script(path: &str, items: &[&[u8]]) -> Option<String> {
    let size: usize = items.iter().map(|item| item.len() + 1).sum();
    if size > SCRIPT_BYTES {
        return None;
    }
    let items: Vec<&str> = items.iter().map(|item| std::str::from_utf8(item).ok()).collect::<Option<_>>()?;
    // bash marks quoted characters by the other two, and an array may get more of them than it was given (5.2, seen).
    if items.iter().any(|item| item.contains(['\0', '\u{1}', '\u{7f}'])) {
        return None;
    }
    let words = items.iter().map(|item| literal(item)).collect::<Vec<_>>().join(" ");
    let print = if items.iter().all(|item| is_plain(item)) && is_plain(path) {
        format!("echo ${{items[$JOB_COMPLETION_INDEX]}} > {path}")
    } else {
        format!("printf %s \"${{items[$JOB_COMPLETION_INDEX]}}\" > {}", literal(path))
    };
    Some(format!("items=({words})\n{print}\n")).filter(|script| script.len() <= SCRIPT_BYTES)
}

/// `text` as one word of a shell's program in a manifest.
fn literal(text: &str) -> String {
    escaped(&quoted(text))
}

/// A word that no shell takes for anything else, quoted or not, and no `echo` for an option.
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,-".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, items: &[&str]) -> String {
        let items: Vec<&[u8]> = items.iter().map(|item| item.as_bytes()).collect();
        script(path, &items).unwrap()
    }

    #[test]
    fn plain_words_give_the_docs_script() {
        assert_eq!(
            of("/input/data.txt", &["foo", "bar", "baz", "qux", "xyz"]),
            "items=(foo bar baz qux xyz)\necho ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt\n"
        );
    }

    #[test]
    fn what_a_shell_could_misread_is_quoted_and_printed_as_it_is() {
        let script = of("/in put/x", &["a b", "it's", "$(rm -rf .)", "$$", "-n", "*", ""]);
        assert!(script.ends_with("\nprintf %s \"${items[$JOB_COMPLETION_INDEX]}\" > '/in put/x'\n"), "{script}");
        let list = script.lines().next().unwrap().strip_prefix("items=(").unwrap().strip_suffix(')').unwrap();
        // Kubernetes makes one $ of two.
        let list = list.replace("$$", "$");
        assert_eq!(shlex::split(&list).unwrap(), ["a b", "it's", "$(rm -rf .)", "$$", "-n", "*", ""]);
    }

    #[test]
    fn words_that_look_plain_but_are_not() {
        for word in ["", "-n", "a b", "~", "{a,b}", "[0]=x", "a*", "a\nb", "ä", "!x", "a;b", "\\a", "a=b"] {
            assert!(!is_plain(word), "{word:?}");
        }
    }

    #[test]
    fn what_is_too_long_or_bash_does_not_give_back_needs_another_way() {
        assert_eq!(script("/a/b", &[&b"x".repeat(SCRIPT_BYTES)]), None);
        assert_eq!(script("/a/b", &[&b"\xff"[..]]), None);
        for byte in ['\0', '\u{1}', '\u{7f}'] {
            assert_eq!(script("/a/b", &[format!("it's {byte}").as_bytes()]), None);
        }
    }
}
