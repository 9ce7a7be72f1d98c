//! What verbs read that is no answer of the cluster: files and stdin.

use std::io::Read;

use indexedjob_core::index_set::{IndexSet, SetError};
use indexedjob_core::select::Selection;
use indexedjob_core::text::{plainly, shown};

use crate::cli::SelectionArgs;
use crate::failure::Failure;

/// All bytes of a file; `-` is stdin.
pub(super) async fn bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let source = path.to_owned();
    // A terminal or a slow pipe keeps a read waiting, which must not keep Ctrl-C from being seen.
    let read = tokio::task::spawn_blocking(move || match source.as_str() {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        file => std::fs::read(file),
    });
    let read = read.await.map_err(Failure::error)?;
    read.map_err(|error| Failure::usage(format_args!("cannot read {}: {}", called(path), plainly(&error))))
}

/// A file as messages call it.
pub(super) fn called(path: &str) -> String {
    match path {
        "-" => "stdin".to_owned(),
        "" => "''".to_owned(),
        path => shown(path).into_owned(),
    }
}

/// The tasks that the selection flags mean.
pub(super) async fn selection(args: &SelectionArgs) -> Result<Selection, Failure> {
    let from_stdin = match args.reads_stdin() {
        true => Some(numbers(&bytes("-").await?)?),
        false => None,
    };
    Ok(args.selection(from_stdin))
}

/// The numbers that a program has written, by lines, spaces or commas, as ranges or one by one.
fn numbers(text: &[u8]) -> Result<IndexSet, Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::usage(format_args!("--index -: {why}"));
    let text = str::from_utf8(text).map_err(|_| wrong(&"stdin is not UTF-8 text"))?;
    let parts: Vec<_> = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty()).collect();
    parts.join(",").parse().map_err(|error: SetError| wrong(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_programs_write_them() {
        let read = |text: &str| numbers(text.as_bytes()).map(|set| set.to_string()).map_err(|f| f.message.unwrap());
        assert_eq!(read("3\n1\n\n7-9\n").unwrap(), "1,3,7-9");
        assert_eq!(read("1,3 5\r\n").unwrap(), "1,3,5");
        assert_eq!(read("\n").unwrap(), "");
        assert!(
            read("1\nx\n").unwrap_err().starts_with("error: --index -: \"x\" is neither a number"),
            "{:?}",
            read("x")
        );
        assert!(numbers(b"\xff").is_err());
    }
}
