//! The separators of GNU parallel in a command, and the flags that say the same.

use indexedjob_core::text::quoted;

use super::super::Usage;
use super::super::usage::{list, pasted};

/// The values of a source follow.
const VALUES: &str = ":::";
/// A file with the values of a source follows.
const FILE: &str = "::::";

/// Refuses a `command` that is written for GNU parallel.
pub(super) fn refuse(command: &[String]) -> Result<(), Usage> {
    let is_separator = |word: &&String| [VALUES, FILE].contains(&word.as_str());
    let Some(at) = command.iter().position(|word| is_separator(&word)) else { return Ok(()) };
    let (program, rest) = command.split_at(at);
    let kinds: Vec<&str> = rest.iter().filter(is_separator).map(String::as_str).collect();
    let sources: Vec<Vec<&str>> = rest
        .split(|word| is_separator(&word))
        .skip(1)
        .map(|values| values.iter().map(String::as_str).collect())
        .collect();
    let usage = Usage::new(format!("{} is GNU parallel's; items are given by a flag", rest[0]));
    Err(match (&sources[..], kinds[0]) {
        _ if sources.iter().any(Vec::is_empty) => usage,
        ([values], VALUES) => usage.hint(format!("--items {} -- {}", pasted(&list(values)), one(program))),
        ([files], FILE) if files.len() == 1 => {
            usage.hint(format!("--items-from {} -- {}", quoted(files[0]), one(program)))
        }
        _ if kinds.contains(&FILE) => usage.hint("one file can hold the items: --items-from FILE"),
        _ => usage.hint(product(program, &sources)),
    })
}

/// The command for one source: without a place for the item it is the last word, as in GNU parallel.
fn one(program: &[String]) -> String {
    let place = if program.iter().any(|word| word.contains("{}")) { None } else { Some("{}") };
    words(program.iter().map(String::as_str), place)
}

/// A `--matrix` for each source, which is called by its number as in GNU parallel.
fn product(program: &[String], sources: &[Vec<&str>]) -> String {
    let flag = |(values, number): (&Vec<&str>, u32)| format!("--matrix {number}={}", pasted(&list(values)));
    let axes = sources.iter().zip(1..).map(flag);
    let places: Vec<String> = (1..=sources.len()).map(|number| format!("{{{number}}}")).collect();
    let has_place = program.iter().any(|word| places.iter().any(|place| word.contains(place)));
    // Of several sources {} is all values, which no column is.
    let kept = program.iter().map(String::as_str).filter(|word| *word != "{}");
    let places = places.iter().map(String::as_str).filter(|_| !has_place);
    format!("{} -- {}", axes.collect::<Vec<_>>().join(" "), words(kept, places))
}

/// Words as a shell takes them; `places` need no quotes.
fn words<'a>(program: impl Iterator<Item = &'a str>, places: impl IntoIterator<Item = &'a str>) -> String {
    let words = program.map(|word| if word == "{}" { word.into() } else { quoted(word) });
    words.chain(places.into_iter().map(Into::into)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hints(command: &[&str], want: &str) {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(refuse(&command).unwrap_err().hint.as_deref(), Some(want));
    }

    #[test]
    fn a_command_without_separators_is_none_of_it() {
        assert_eq!(refuse(&["a:::b".to_owned(), ":".to_owned()]), Ok(()));
        assert_eq!(refuse(&[]), Ok(()));
    }

    #[test]
    fn values_become_a_list() {
        hints(&["gzip", ":::", "a", "b"], "--items a,b -- gzip {}");
        hints(&["gzip", ":::", "a b", "c,d"], "--items 'a b,\"c,d\"' -- gzip {}");
        hints(&["mv", "{}", "to here", ":::", "a"], "--items a -- mv {} 'to here'");
        let nothing = ["echo".to_owned(), ":::".to_owned()];
        assert_eq!(refuse(&nothing).unwrap_err().hint, None);
    }

    #[test]
    fn a_file_holds_them() {
        hints(&["gzip", "::::", "f"], "--items-from f -- gzip {}");
        hints(&["gzip", "::::", "f g"], "--items-from 'f g' -- gzip {}");
        for command in [&["a", "::::", "f", "g"][..], &["a", ":::", "1", "::::", "f"]] {
            hints(command, "one file can hold the items: --items-from FILE");
        }
    }

    #[test]
    fn several_sources_are_a_product() {
        let matrix = "--matrix 1=1,2 --matrix 2=x,y -- ";
        hints(&["a", ":::", "1", "2", ":::", "x", "y"], &format!("{matrix}a {{1}} {{2}}"));
        hints(&["a", "{2}", ":::", "1", "2", ":::", "x", "y"], &format!("{matrix}a '{{2}}'"));
        let product = ["1=1,2".to_owned(), "2=x,y".to_owned()];
        assert_eq!(indexedjob_core::work::matrix(&product).unwrap().columns(), ["1", "2"]);
    }
}
