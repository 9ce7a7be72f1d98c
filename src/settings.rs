//! Where a user's defaults are: variables, and a file. What they may be is for [`cli`](crate::cli) to say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexedjob_core::text::plainly;
use indexedjob_core::yaml;
use serde_json::Value;

use crate::cli::{SETTINGS_FILE, SETTINGS_PREFIX, Setting, Usage};
use crate::env::Env;

/// All of them, in the order in which they count: a later one comes before an earlier one.
pub(crate) fn read(env: &Env) -> Result<Vec<Setting>, Usage> {
    let mut settings = match place(env) {
        Some((path, named)) => of_file(&path, named)?,
        None => vec![],
    };
    for (name, value) in env.beginning_with(SETTINGS_PREFIX).filter(|(name, _)| *name != SETTINGS_FILE) {
        settings.push(Setting::of_variable(name, value)?);
    }
    Ok(settings)
}

/// The file, and whether somebody named it.
fn place(env: &Env) -> Option<(PathBuf, bool)> {
    if let Some(path) = env.os(SETTINGS_FILE) {
        return Some((path.into(), true));
    }
    let base = env.os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(env.home()?.join(".config")))?;
    Some((base.join("kubectl-indexedjob").join("config.yaml"), false))
}

fn of_file(path: &Path, named: bool) -> Result<Vec<Setting>, Usage> {
    let wrong = |why: &str| Usage::new(format!("{}: {why}", path.display()));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(vec![]),
        Err(error) => return Err(wrong(&plainly(&error))),
    };
    let documents = yaml::documents(&text).map_err(|error| wrong(&error.to_string()))?;
    let keys: BTreeMap<String, Value> = match documents.into_iter().next() {
        None => return Ok(vec![]),
        Some(document) => serde_json::from_value(document)
            .map_err(|_| wrong("write a line for each setting, such as \"progress: plain\""))?,
    };
    let setting = |(key, value): (String, Value)| match scalar(&value) {
        Some(value) => Setting::of_key(path, &key, value),
        None => Err(wrong(&format!("{key}: write one value"))),
    };
    keys.into_iter().map(setting).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, want: &str) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("c.yaml");
        std::fs::write(&path, text).unwrap();
        let error = of_file(&path, true).unwrap_err().message;
        assert_eq!(error.replace(&path.display().to_string(), "FILE"), want);
    }

    #[test]
    fn the_file_is_where_such_files_are() {
        let of = |env: &Env| place(env).unwrap();
        let home = of(&Env::from([("HOME", "/h")]));
        assert_eq!(home, (PathBuf::from("/h/.config/kubectl-indexedjob/config.yaml"), false));
        let xdg = of(&Env::from([("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]));
        assert_eq!(xdg, (PathBuf::from("/x/kubectl-indexedjob/config.yaml"), false));
        assert_eq!(of(&Env::from([(SETTINGS_FILE, "/mine")])), (PathBuf::from("/mine"), true));
        assert_eq!(place(&Env::default()), None);
    }

    #[test]
    fn a_file_that_is_not_there_says_nothing_unless_it_was_named() {
        assert_eq!(of_file(Path::new("/nowhere/c.yaml"), false), Ok(vec![]));
        assert!(of_file(Path::new("/nowhere/c.yaml"), true).unwrap_err().message.starts_with("/nowhere/c.yaml: "));
    }

    #[test]
    fn variables_come_after_the_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("c.yaml");
        std::fs::write(&path, "# mine\nmax-log-requests: 32\ncolor: never\n").unwrap();
        let env = Env::from([(SETTINGS_FILE, path.to_str().unwrap()), ("KUBECTL_INDEXEDJOB_COLOR", "always")]);
        let found = read(&env).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], Setting::of_variable("KUBECTL_INDEXEDJOB_COLOR", "always").unwrap());
    }

    #[test]
    fn a_wrong_file_is_named() {
        refused("colour: never", "FILE: colour is no setting");
        refused("color: [a]", "FILE: color: write one value");
        refused("- color", "FILE: write a line for each setting, such as \"progress: plain\"");
        refused(": :", "FILE: line 1, column 1: text is missing here");
        refused("v: !!int x", "FILE: line 1, column 10: it is no whole number");
        refused("color: [", "FILE: line 1, column 8: unclosed bracket '['");
    }
}
