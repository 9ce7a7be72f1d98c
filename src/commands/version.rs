//! `version`: that of the program and of the server.

use indexedjob_core::view::objects;
use indexedjob_core::view::version::{Server, Versions};

use super::Context;
use crate::cli::{VersionArgs, VersionForm};
use crate::cluster::{ServerVersion, platform};
use crate::exit::Exit;
use crate::failure::Failure;

/// Shows what is known also where the server does not answer.
pub(crate) async fn run(args: VersionArgs, context: &Context) -> Result<Exit, Failure> {
    let server = if args.client { Ok(None) } else { ask(context).await.map(Some) };
    let (server, failure) = match server {
        Ok(server) => (server, None),
        Err(failure) => (None, Some(failure)),
    };
    let versions = Versions::new(env!("CARGO_PKG_VERSION"), platform(), server);
    context.term.out(&match args.output {
        None => versions.text(),
        Some(VersionForm::Json) => objects::json_of(&versions),
        Some(VersionForm::Yaml) => objects::yaml_of(&versions),
    })?;
    if let Some(skew) = versions.skew() {
        context.term.note(&format!("WARNING: {skew}"));
    }
    failure.map_or(Ok(Exit::Done), Err)
}

async fn ask(context: &Context) -> Result<Server, Failure> {
    let ServerVersion { major, minor, text } = context.cluster().await?.server_version().await?;
    Ok(Server { git_version: text, major, minor })
}
