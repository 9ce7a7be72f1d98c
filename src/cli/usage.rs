//! A wrong command line: one clear line, and a hint with something to paste.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use indexedjob_core::text::quoted;

use super::Stop;

/// What is wrong with the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// One line, lower case, without `error:`.
    pub(crate) message: String,
    /// What to type instead; None where the message says it.
    pub(crate) hint: Option<String>,
}

impl Usage {
    /// A wrong line that needs no hint.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// The same with a hint.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Turns clap's error about `args` into ours. `program` is how the user called the program.
pub(super) fn explain(error: &clap::Error, args: &[OsString], program: &str) -> Stop {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Stop::Print(error.to_string());
    }
    let text = error.to_string();
    let said = text.strip_prefix("error: ").unwrap_or(&text);
    let message: Vec<&str> = said.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let usage = Usage::new(message.join(" "));
    Stop::Usage(
        match of_others(error)
            .or_else(|| verb_of_others(error))
            .or_else(|| tip(error))
            .or_else(|| lost_word(error, args))
            .or_else(|| see_help(&text, program))
        {
            Some(hint) => usage.hint(hint),
            None => usage,
        },
    )
}

/// Flags of kubectl run, Slurm and GNU parallel, and what `create` calls them.
const OF_OTHERS: &[(&[&str], &str)] = &[
    (&["--items-file", "--file"], "--items-from"),
    (&["--time"], "--time-limit"),
    (&["-j", "--jobs", "-p"], "--parallelism"),
    (&["--cpus", "--cpu"], "--requests cpu=N"),
    (&["--mem", "--memory"], "--limits memory=SIZE"),
    (&["-e"], "--env"),
    (&["-l", "--labels"], "--label"),
    (&["--index"], "--array"),
];

/// Verbs of kubectl, Slurm and the shell, and what they are here.
const VERBS_OF_OTHERS: &[(&[&str], &str)] = &[
    (&["get", "ps", "jobs", "squeue", "queue"], "list"),
    (&["run", "apply", "submit", "sbatch", "start", "new", "add", "make"], "create"),
    (&["rm", "remove", "del"], "delete"),
    (&["kill", "stop", "abort", "scancel"], "cancel"),
    (&["rerun", "redo", "restart", "requeue"], "retry"),
    (&["top", "show", "info", "watch", "progress"], "status"),
    (&["log", "output", "tail"], "logs"),
    (&["pause", "hold"], "suspend"),
    (&["unpause", "unsuspend", "release"], "resume"),
    (&["follow"], "wait"),
];

/// What a verb that somebody knows from elsewhere is called here.
fn verb_of_others(error: &clap::Error) -> Option<String> {
    let typed = error.get(ContextKind::InvalidSubcommand).and_then(first_string)?;
    let (_, ours) = VERBS_OF_OTHERS.iter().find(|(names, _)| names.contains(&typed))?;
    Some(format!("did you mean {ours}?"))
}

/// What `create` calls a flag that somebody knows from elsewhere.
fn of_others(error: &clap::Error) -> Option<String> {
    let typed = error.get(ContextKind::InvalidArg).and_then(first_string)?;
    let of_create = error.kind() == ErrorKind::UnknownArgument && error.to_string().contains("indexedjob create ");
    let (_, ours) = OF_OTHERS.iter().find(|(names, _)| names.contains(&typed)).filter(|_| of_create)?;
    Some(format!("did you mean {ours}?"))
}

/// What clap thinks was meant, where it begins like what was typed: the rest is guessing. The best of its guesses is last.
fn tip(error: &clap::Error) -> Option<String> {
    let kinds = [
        (ContextKind::SuggestedArg, ContextKind::InvalidArg),
        (ContextKind::SuggestedSubcommand, ContextKind::InvalidSubcommand),
        (ContextKind::SuggestedValue, ContextKind::InvalidValue),
    ];
    let first_letter = |text: &str| text.trim_start_matches('-').chars().next();
    kinds.iter().find_map(|(suggested, typed)| {
        let typed = first_string(error.get(*typed)?)?;
        let is_like = |suggested: &&str| first_letter(suggested) == first_letter(typed);
        let suggested = strings(error.get(*suggested)?).into_iter().rev().find(is_like)?;
        Some(format!("did you mean {suggested}?"))
    })
}

fn strings(value: &ContextValue) -> Vec<&str> {
    match value {
        ContextValue::String(text) => vec![text],
        ContextValue::Strings(texts) => texts.iter().map(String::as_str).collect(),
        _ => vec![],
    }
}

fn first_string(value: &ContextValue) -> Option<&str> {
    strings(value).first().copied()
}

/// A word where none belongs: one more item, most often the container's command, or a Job that is to be listed alone.
fn lost_word(error: &clap::Error, args: &[OsString]) -> Option<String> {
    let word = error.get(ContextKind::InvalidArg).and_then(first_string)?;
    if error.kind() != ErrorKind::UnknownArgument || word.starts_with('-') {
        return None;
    }
    let text = error.to_string();
    if text.contains("list [OPTIONS]") {
        return Some(format!("one Job is shown by: kubectl indexedjob status {}", pasted(word)));
    }
    text.contains("create [OPTIONS]").then(|| match items_with_spaces(args, word) {
        Some(items) => format!("put commas between items: --items {items}"),
        None => format!("put -- before the command: -- {word} ..."),
    })
}

/// The words behind `--items` as one list, if `lost` is one of them and the first is no list already.
fn items_with_spaces(args: &[OsString], lost: &str) -> Option<String> {
    let words: Vec<&str> = args.iter().map(|word| word.to_str()).collect::<Option<_>>()?;
    let line = words.split(|word| *word == "--").next()?;
    let flag = line.iter().position(|word| *word == "--items" || word.starts_with("--items="))?;
    let joined = line[flag].strip_prefix("--items=");
    let rest = line[flag + 1..].iter().take_while(|word| !word.starts_with('-')).copied();
    let items: Vec<&str> = joined.into_iter().chain(rest).collect();
    let is_list = items.first().is_some_and(|first| first.contains([',', '"']));
    (items.contains(&lost) && !is_list).then(|| pasted(&list(&items)))
}

/// A list as a shell takes it; commas alone need no quotes.
pub(crate) fn pasted(list: &str) -> String {
    let others = list.replace(',', "");
    if quoted(&others) == others { list.to_owned() } else { quoted(list).into_owned() }
}

/// `items` as the value of `--items`: separated by commas, in double quotes where they hold one.
pub(super) fn list(items: &[&str]) -> String {
    let item = |item: &&str| match item.contains([',', '"', '\n', '\r']) || item.is_empty() {
        true => format!("\"{}\"", item.replace('"', "\"\"")),
        false => (*item).to_owned(),
    };
    items.iter().map(item).collect::<Vec<_>>().join(",")
}

/// The help of the verb that clap's own usage line names.
fn see_help(text: &str, program: &str) -> Option<String> {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "))?;
    let verb = usage.strip_prefix(program)?.split_whitespace().next().unwrap_or_default();
    let verb = if verb.starts_with(|c: char| c.is_ascii_lowercase()) { format!(" {verb}") } else { String::new() };
    Some(format!("see {program}{verb} --help"))
}

#[cfg(test)]
mod tests {
    use super::super::{Stop, parse};
    use super::list;

    #[track_caller]
    fn usage(line: &str) -> (String, Option<String>) {
        usage_of(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[track_caller]
    fn usage_of(line: &[&str]) -> (String, Option<String>) {
        match parse(["kubectl-indexedjob"].iter().chain(line).map(Into::into)) {
            Err(Stop::Usage(usage)) => (usage.message, usage.hint),
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[track_caller]
    fn hints(line: &[&str], want: &str) {
        assert_eq!(usage_of(line).1.as_deref(), Some(want));
    }

    #[test]
    fn items_with_spaces_between_them_are_a_list() {
        let create = ["create", "x", "--image=i"];
        for items in [&["--items", "a", "b", "c"][..], &["--items=a", "b", "c"]] {
            let line = [&create, items, &["--", "rev", "{}"]].concat();
            hints(&line, "put commas between items: --items a,b,c");
        }
        let quotes = [&create[..], &["--items", "a b", "c,d", "say \"e\"", "--retries=1"]].concat();
        hints(&quotes, r#"put commas between items: --items 'a b,"c,d","say ""e"""'"#);
        hints(&[&create[..], &["--items", "a,b", "rev"]].concat(), "put -- before the command: -- rev ...");
    }

    #[test]
    fn a_list_is_read_back_as_it_was() {
        for items in [&["a", "b c", "d,e", "\"f\"", "g\nh", "", "'"][..], &[""], &[" a "]] {
            assert_eq!(indexedjob_core::work::items(&list(items)).unwrap(), items);
        }
    }

    #[test]
    fn an_unknown_flag_is_one_line_with_a_hint() {
        let (message, hint) = usage("wait x --timout=3s");
        assert_eq!(message, "unexpected argument '--timout' found");
        assert_eq!(hint.as_deref(), Some("did you mean --timeout?"));
        let (message, hint) = usage("wait x --zzz");
        assert_eq!(message, "unexpected argument '--zzz' found");
        assert_eq!(hint.as_deref(), Some("see kubectl indexedjob wait --help"));
    }

    #[test]
    fn flags_of_others_are_translated() {
        for (typed, ours) in
            [("--items-file f", "--items-from"), ("--time 10", "--time-limit"), ("-j 4", "--parallelism")]
        {
            assert_eq!(usage(&format!("create x {typed}")).1, Some(format!("did you mean {ours}?")), "{typed}");
        }
    }

    #[test]
    fn verbs_that_are_like_ours_or_known_from_elsewhere_are_translated() {
        for (typed, ours) in [
            ("craete", "create"),
            ("crate", "create"),
            ("cancle", "cancel"),
            ("stauts", "status"),
            ("lgos", "logs"),
            ("get", "list"),
            ("rerun", "retry"),
            ("kill", "cancel"),
            ("run", "create"),
        ] {
            assert_eq!(usage(typed).1, Some(format!("did you mean {ours}?")), "{typed}");
        }
        assert_eq!(usage("list x").1.as_deref(), Some("one Job is shown by: kubectl indexedjob status x"));
    }

    #[test]
    fn missing_and_wrong_values_name_the_flag() {
        assert!(usage("wait").0.contains("<NAME>"));
        assert!(usage("describe").0.contains("<NAME>"));
        assert!(usage("logs x --index three").0.starts_with("invalid value 'three' for '--index <SET>'"));
        assert_eq!(usage("watt x").1.as_deref(), Some("did you mean wait?"));
        assert_eq!(usage("frobnicate x").1.as_deref(), Some("see kubectl indexedjob --help"));
        assert_eq!(usage("create x sleep").1.as_deref(), Some("put -- before the command: -- sleep ..."));
        assert!(usage("logs x --index 2-0").0.ends_with("the range 2-0 is descending; write the lower number first"));
        assert!(usage("create x --completions many").0.ends_with("it must be a whole number"));
    }
}
