//! `completion SHELL`: a static script, from the command line's own definition.

use crate::cli::{self, CompletionArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::Term;

/// Prints the script.
pub(crate) fn run(args: &CompletionArgs, term: &Term) -> Result<Exit, Failure> {
    term.out(&cli::completion_script(args.shell))?;
    Ok(Exit::Done)
}
