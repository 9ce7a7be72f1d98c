//! A wrong command line: one clear line, and a hint with something to paste.

use clap::error::{ContextKind, ContextValue, ErrorKind};

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

/// Turns clap's error into ours. `program` is how the user called the program.
pub(super) fn explain(error: &clap::Error, program: &str) -> Stop {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Stop::Print(error.to_string());
    }
    let text = error.to_string();
    let said = text.strip_prefix("error: ").unwrap_or(&text);
    let message: Vec<&str> = said.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let usage = Usage::new(message.join(" "));
    Stop::Usage(match tip(error).or_else(|| lost_command(error)).or_else(|| see_help(&text, program)) {
        Some(hint) => usage.hint(hint),
        None => usage,
    })
}

/// What clap thinks was meant, where it begins like what was typed: the rest is guessing.
fn tip(error: &clap::Error) -> Option<String> {
    let kinds = [
        (ContextKind::SuggestedArg, ContextKind::InvalidArg),
        (ContextKind::SuggestedSubcommand, ContextKind::InvalidSubcommand),
        (ContextKind::SuggestedValue, ContextKind::InvalidValue),
    ];
    let first_letter = |text: &str| text.trim_start_matches('-').chars().next();
    kinds.iter().find_map(|(suggested, typed)| {
        let suggested = first_string(error.get(*suggested)?)?;
        let typed = first_string(error.get(*typed)?)?;
        (first_letter(suggested) == first_letter(typed)).then(|| format!("did you mean {suggested}?"))
    })
}

fn first_string(value: &ContextValue) -> Option<&str> {
    match value {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(texts) => texts.first().map(String::as_str),
        _ => None,
    }
}

/// A word where none belongs is most often the container's command.
fn lost_command(error: &clap::Error) -> Option<String> {
    let word = error.get(ContextKind::InvalidArg).and_then(first_string)?;
    let of_create = error.to_string().contains("create [OPTIONS]");
    (error.kind() == ErrorKind::UnknownArgument && of_create && !word.starts_with('-'))
        .then(|| format!("put -- before the command: -- {word} ..."))
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

    fn usage(line: &str) -> (String, Option<String>) {
        let args = std::iter::once("kubectl-indexedjob").chain(line.split_whitespace()).map(Into::into);
        match parse(args) {
            Err(Stop::Usage(usage)) => (usage.message, usage.hint),
            other => panic!("{line}: {other:?}"),
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
    fn missing_and_wrong_values_name_the_flag() {
        assert!(usage("wait").0.contains("<NAME>"));
        assert!(usage("logs x").0.contains("--index <N>"));
        assert!(usage("logs x -f --tail=3").0.contains("--index <N>"));
        assert!(usage("logs x --index three").0.starts_with("invalid value 'three' for '--index <N>'"));
        assert_eq!(usage("watt x").1.as_deref(), Some("did you mean wait?"));
        assert_eq!(usage("retry x").1.as_deref(), Some("see kubectl indexedjob --help"));
        assert_eq!(usage("create x sleep").1.as_deref(), Some("put -- before the command: -- sleep ..."));
        assert_eq!(usage("logs x --index 0-2").0, "invalid value '0-2' for '--index <N>': it must be one whole number");
        assert!(usage("create x --completions many").0.ends_with("it must be a whole number"));
    }
}
