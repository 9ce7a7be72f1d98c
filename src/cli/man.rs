//! Manual pages, from the command line's own definition.
//!
//! `clap_mangen` writes most sections. Its synopsis would name all eighty flags of `create`, and it runs the lines of
//! examples together, so these two are ours.

use std::ffi::OsString;
use std::io;

use clap::builder::StyledStr;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, line_break, roman};

use super::{Cli, Usage};

/// The page that `man` or `man VERB` asks for; None where the line is another. No verb of clap's, since it would stand in
/// every completion.
pub(super) fn asked(args: &[OsString]) -> Option<Result<String, Usage>> {
    match args {
        [_, man] if man == "man" => Some(page(None)),
        [_, man, verb] if man == "man" => Some(page(Some(&verb.to_string_lossy()))),
        _ => None,
    }
}

/// The page of the program or of a verb, in the language of `man`.
fn page(verb: Option<&str>) -> Result<String, Usage> {
    let mut program = Cli::command().bin_name("kubectl indexedjob").disable_help_subcommand(true);
    program.build();
    let command = match verb {
        None => program,
        Some(verb) => {
            let mut verbs = program.get_subcommands().filter(|known| !known.is_hide_set());
            let found = verbs.find(|known| known.get_name() == verb).cloned();
            found.ok_or_else(|| Usage::new(format!("there is no verb {verb}")).hint("kubectl indexedjob --help"))?
        }
    };
    let mut page = Vec::new();
    // clap_mangen leaves out the help of flags that -h leaves out.
    write(command.mut_args(|arg| arg.hide_short_help(false)), &mut page).expect("a vector takes all that is written");
    Ok(String::from_utf8_lossy(&page).lines().map(heading_without_aside).collect())
}

/// The heading of a section without its aside, which speaks to who reads `-h`.
fn heading_without_aside(line: &str) -> String {
    match line.strip_prefix(".SH \"").and_then(|heading| heading.split_once(" (")) {
        Some((heading, _)) => format!(".SH \"{heading}\"\n"),
        None => format!("{line}\n"),
    }
}

fn write(mut command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    let of_program = command.has_subcommands();
    let usage = command.render_usage();
    let after = command.get_after_long_help().or_else(|| command.get_after_help()).cloned();
    let texts: Vec<StyledStr> = command.get_before_long_help().cloned().into_iter().chain(after).collect();
    let man = Man::new(command).source(concat!("kubectl-indexedjob ", env!("CARGO_PKG_VERSION")));
    // Longer, it would run into the names on both sides of it.
    let man = man.manual("Kubernetes").date(" ");
    man.render_title(page)?;
    // No hyphens within what somebody may copy, and no holes between words.
    Roff::new().control("nh", []).control("ad", ["l"]).to_writer(page)?;
    man.render_name_section(page)?;
    synopsis(&usage).to_writer(page)?;
    man.render_description_section(page)?;
    if of_program {
        man.render_subcommands_section(page)?;
    }
    man.render_options_section(page)?;
    for text in &texts {
        as_it_is(text).to_writer(page)?;
    }
    see_also(of_program).to_writer(page)
}

fn synopsis(usage: &StyledStr) -> Roff {
    let mut roff = Roff::new();
    let usage = usage.to_string();
    roff.control("SH", ["SYNOPSIS"]).text([bold(usage.trim_start_matches("Usage:").trim())]);
    roff
}

/// Examples, and what follows them. A paragraph with lines that are set in keeps its lines.
fn as_it_is(text: &StyledStr) -> Roff {
    let mut roff = Roff::new();
    let text = text.to_string();
    let (heading, rest) = text.strip_prefix("Examples:\n").map_or(("NOTES", text.as_str()), |rest| ("EXAMPLES", rest));
    roff.control("SH", [heading]);
    for paragraph in rest.split("\n\n") {
        let keeps_lines = paragraph.lines().any(|line| line.starts_with(' '));
        roff.control("PP", []).control(if keeps_lines { "nf" } else { "fi" }, []);
        for line in paragraph.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff
}

fn see_also(of_program: bool) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let pages = if of_program { "kubectl(1)" } else { "kubectl-indexedjob(1), kubectl(1)" };
    roff.text([roman(pages), line_break(), roman(env!("CARGO_PKG_REPOSITORY"))]);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn page(verb: Option<&str>) -> String {
        super::page(verb).unwrap()
    }

    #[test]
    fn every_verb_that_help_shows_has_a_page_with_every_flag_and_its_help() {
        let mut program = Cli::command();
        program.build();
        let verbs = program.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help");
        for verb in verbs {
            let page = page(Some(verb.get_name()));
            for flag in verb.get_arguments().filter(|flag| !flag.is_hide_set()) {
                let Some(long) = flag.get_long() else { continue };
                let header = format!("\\fB\\-\\-{}\\fR", long.replace('-', "\\-"));
                let after = page.lines().skip_while(|line| !line.starts_with('\\') || !line.contains(&header)).nth(1);
                assert!(after.is_some_and(|help| !help.starts_with('.')), "{}: no help of --{long}", verb.get_name());
            }
        }
    }

    #[test]
    fn the_page_of_the_program_names_those_of_its_verbs_and_no_hidden_one() {
        let page = page(None);
        assert!(page.contains("kubectl\\-indexedjob\\-create(1)"), "{page}");
        assert!(!page.contains("indexedjob\\-man"), "{page}");
    }

    #[test]
    fn examples_keep_their_lines() {
        let page = page(Some("describe"));
        assert!(page.contains(".SH EXAMPLES\n.PP\n.nf\n  kubectl indexedjob describe train\n.fi\n"), "{page}");
    }

    #[test]
    fn a_verb_that_is_not_there_or_hidden_is_wrong_usage() {
        let line = |words: &[&str]| asked(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(line(&["kubectl-indexedjob", "man", "wiat"]).is_some_and(|page| page.is_err()));
        assert!(line(&["kubectl-indexedjob", "man"]).is_some_and(|page| page.is_ok()));
        assert!(line(&["kubectl-indexedjob", "wait", "man"]).is_none());
    }
}
