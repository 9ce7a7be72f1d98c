//! How the values of flags are read: from text to core's types, or one line that says what is wanted.

use clap::{Arg, ArgAction};
use indexedjob_core::human;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::plan::{EnvFrom, Mount, Share, Toleration, Volume};
use indexedjob_core::quantity::{self, is_quantity};
use indexedjob_core::work::Token;

/// Flags that are true or false, as kubectl writes them.
pub(super) trait Switch {
    /// `--flag`, `--flag=true` and `--flag=false`; `default` is its value without the flag, None where that is open.
    fn switch(self, default: Option<&'static str>) -> Self;
}

impl Switch for Arg {
    fn switch(self, default: Option<&'static str>) -> Self {
        let flag = self.num_args(0..=1).require_equals(true).default_missing_value("true").value_name("BOOL");
        flag.action(ArgAction::Set).default_value(default)
    }
}

/// A whole number of any size; one beyond every limit is the largest there is.
pub(super) fn whole(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    match !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX })),
        false => Err("it must be a whole number".to_owned()),
    }
}

/// How many pods of an Indexed Job may run at once.
pub(super) fn parallelism(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number <= 100_000);
    number.ok_or_else(|| "it must be between 0 and 100000".to_owned())
}

/// A number of the API: 0 to 2147483647.
pub(super) fn count(text: &str) -> Result<u32, String> {
    let number = i32::try_from(whole(text)?).ok().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| format!("it must be between 0 and {}", i32::MAX))
}

/// A number of the API that is not 0.
pub(super) fn positive(text: &str) -> Result<u32, String> {
    count(text).ok().filter(|number| *number > 0).ok_or_else(|| format!("it must be between 1 and {}", i32::MAX))
}

/// Whole seconds, at least one: 90s, 5m, 1h30m, or a number of seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    match seconds_or_none(text)? {
        0 => Err("it must be at least one second".to_owned()),
        seconds => Ok(u64::from(seconds)),
    }
}

/// Whole seconds, perhaps none.
pub(super) fn seconds_or_none(text: &str) -> Result<u32, String> {
    let span = human::parse_duration(text).map_err(|error| error.to_string())?;
    if span.subsec_nanos() != 0 {
        return Err("it must be whole seconds".to_owned());
    }
    let most = || format!("it must be between 0 and {} seconds", i32::MAX);
    u32::try_from(span.as_secs()).ok().filter(|seconds| i32::try_from(*seconds).is_ok()).ok_or_else(most)
}

/// `N` or `P%`.
pub(super) fn share(text: &str) -> Result<Share, String> {
    match text.strip_suffix('%') {
        None => count(text).map(Share::Count),
        Some(percent) => {
            let percent = count(percent).ok().filter(|percent| *percent <= 100);
            percent.map(Share::Percent).ok_or_else(|| "write a number of indexes, or 0% to 100%".to_owned())
        }
    }
}

/// A set in Slurm's grammar.
pub(super) fn set(text: &str) -> Result<IndexSet, String> {
    text.parse().map_err(|error: indexedjob_core::index_set::SetError| error.to_string())
}

/// A set of exit codes that are failures.
pub(super) fn exit_codes(text: &str) -> Result<IndexSet, String> {
    let codes = set(text)?;
    match (codes.min(), codes.max()) {
        (Some(1..), Some(..=255)) => Ok(codes),
        _ => Err("exit codes are 1 to 255: write 42 or 1,3-5".to_owned()),
    }
}

/// `KEY=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

/// The name of a variable: what any shell can name.
pub(super) fn variable(text: &str) -> Result<String, String> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let fits = text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit());
    fits.then(|| text.to_owned()).ok_or_else(|| "a variable has letters, digits and _, no digit first".to_owned())
}

/// `NAME` or `NAME=COLUMN`.
pub(super) fn variable_of_column(text: &str) -> Result<(String, Option<String>), String> {
    match text.split_once('=') {
        Some((_, "")) => Err("write NAME or NAME=COLUMN".to_owned()),
        Some((name, column)) => Ok((variable(name)?, Some(column.to_owned()))),
        None => Ok((variable(text)?, None)),
    }
}

/// `RESOURCE=AMOUNT`.
pub(super) fn amount(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((resource, amount)) if !resource.is_empty() && is_quantity(amount) => {
            Ok((resource.to_owned(), amount.to_owned()))
        }
        Some((resource, amount)) if !resource.is_empty() => Err(match quantity::meant(amount) {
            Some(meant) => format!("{amount:?} is no amount; did you mean {resource}={meant}?"),
            // Of bytes nobody wants two, or the half of one.
            None if is_of_bytes(resource) => {
                format!("{amount:?} is no amount; write {resource}=512Mi or {resource}=4Gi")
            }
            None => format!("{amount:?} is no amount; write {resource}=2 or {resource}=500m"),
        }),
        _ => Err("write RESOURCE=AMOUNT, such as cpu=500m or memory=4Gi".to_owned()),
    }
}

/// Is this resource counted in bytes?
fn is_of_bytes(resource: &str) -> bool {
    ["memory", "storage", "hugepages"].iter().any(|kind| resource.contains(kind))
}

/// `configmap/NAME` or `secret/NAME`.
pub(super) fn env_from(text: &str) -> Result<EnvFrom, String> {
    match text.split_once('/') {
        Some(("configmap" | "cm", name)) if !name.is_empty() => Ok(EnvFrom::ConfigMap(name.to_owned())),
        Some(("secret", name)) if !name.is_empty() => Ok(EnvFrom::Secret(name.to_owned())),
        _ => Err("write configmap/NAME or secret/NAME".to_owned()),
    }
}

/// `KEY[=VALUE][:EFFECT]`, as kubectl writes taints.
pub(super) fn toleration(text: &str) -> Result<Toleration, String> {
    let wrong = || "write KEY, KEY:EFFECT or KEY=VALUE:EFFECT; effects are NoSchedule, PreferNoSchedule, NoExecute";
    let (taint, effect) = match text.rsplit_once(':') {
        Some((taint, effect)) => {
            let known = ["NoSchedule", "PreferNoSchedule", "NoExecute"].into_iter().find(|known| *known == effect);
            (taint, Some(known.ok_or_else(wrong)?))
        }
        None => (text, None),
    };
    let (key, value) = match taint.split_once('=') {
        Some((key, value)) => (key, Some(value.to_owned())),
        None => (taint, None),
    };
    match key.is_empty() {
        true => Err(wrong().to_owned()),
        false => Ok(Toleration { key: key.to_owned(), value, effect }),
    }
}

/// `SOURCE:PATH[:ro]`.
pub(super) fn mount(text: &str) -> Result<Mount, String> {
    let wrong = || {
        "write SOURCE:PATH or SOURCE:PATH:ro; sources are pvc/NAME, configmap/NAME, secret/NAME, hostpath/DIR, \
         emptydir[/SIZE], memory/SIZE"
            .to_owned()
    };
    let (text, read_only) = match text.strip_suffix(":ro") {
        Some(text) => (text, true),
        None => (text.strip_suffix(":rw").unwrap_or(text), false),
    };
    let (source, path) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (kind, name) = source.split_once('/').map_or((source, None), |(kind, name)| (kind, Some(name)));
    let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
    if name.as_deref().is_some_and(|size| matches!(kind, "emptydir" | "memory") && !is_quantity(size)) {
        let size = name.unwrap_or_default();
        let meant = quantity::meant(&size).unwrap_or_else(|| "10Gi".to_owned());
        return Err(format!("{size:?} is no size; write {kind}/{meant}"));
    }
    let volume = match (kind, name) {
        ("pvc", Some(name)) => Volume::Claim(name),
        ("configmap" | "cm", Some(name)) => Volume::ConfigMap(name),
        ("secret", Some(name)) => Volume::Secret(name),
        ("hostpath", Some(path)) => Volume::HostPath(format!("/{}", path.trim_start_matches('/'))),
        ("emptydir", size) => Volume::EmptyDir(size),
        ("memory", size) => Volume::Memory(size),
        _ => return Err(wrong()),
    };
    Ok(Mount { volume, path: absolute(path)?, read_only })
}

/// An absolute path in a container.
fn absolute(path: &str) -> Result<String, String> {
    match path.starts_with('/') && !path.contains([':', '\0']) {
        true => Ok(path.to_owned()),
        false => Err("the path in the container must be absolute, without a colon".to_owned()),
    }
}

/// An absolute path of a file in a directory of a container.
pub(super) fn file(path: &str) -> Result<String, String> {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let parts_are_names = path.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
    if path.contains([':', '\0']) {
        return Err("a path in a container holds no colon".to_owned());
    }
    if directory.is_empty() || !path.starts_with('/') || !parts_are_names {
        return Err("write an absolute path with a directory, such as /input/data.txt".to_owned());
    }
    Ok(path.to_owned())
}

/// What stands for an item in a command; None where nothing was given.
pub(super) fn token(text: Option<&str>) -> Token {
    match text {
        None | Some("{}") => Token::Braces,
        Some("") => Token::None,
        Some(token) => Token::Text(token.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused<T>(result: Result<T, String>, want: &str) {
        let error = result.err().unwrap();
        assert!(error.contains(want), "{error}");
    }

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!((seconds("90s"), seconds("1h30m"), seconds("45")), (Ok(90), Ok(5400), Ok(45)));
        refused(seconds("0"), "at least one second");
        refused(seconds("-5s"), "between 0 and");
        refused(seconds("1500ms"), "whole seconds");
        assert_eq!(seconds_or_none("0"), Ok(0));
    }

    #[test]
    fn shares_and_codes() {
        assert_eq!((share("5"), share("10%")), (Ok(Share::Count(5)), Ok(Share::Percent(10))));
        refused(share("101%"), "0% to 100%");
        assert_eq!(exit_codes("42,1-3").unwrap().to_string(), "1-3,42");
        for codes in ["0", "256", "", "0-3"] {
            refused(exit_codes(codes), "1 to 255");
        }
    }

    #[test]
    fn pairs_and_amounts() {
        assert_eq!(pair("A=b=c"), Ok(("A".into(), "b=c".into())));
        refused(pair("A"), "KEY=VALUE");
        assert_eq!(amount("nvidia.com/gpu=2"), Ok(("nvidia.com/gpu".into(), "2".into())));
        refused(amount("memory=16GiB"), "\"16GiB\" is no amount; did you mean memory=16Gi?");
        refused(amount("memory=much"), "\"much\" is no amount; write memory=512Mi or memory=4Gi");
        refused(amount("cpu=half"), "\"half\" is no amount; write cpu=2 or cpu=500m");
        assert_eq!(variable_of_column("P=path"), Ok(("P".into(), Some("path".into()))));
        refused(variable_of_column("1A"), "no digit first");
    }

    #[test]
    fn tolerations() {
        let gpu = Toleration { key: "gpu".into(), value: None, effect: Some("NoSchedule") };
        assert_eq!(toleration("gpu:NoSchedule"), Ok(gpu));
        let spot = Toleration { key: "spot".into(), value: Some("true".into()), effect: None };
        assert_eq!(toleration("spot=true"), Ok(spot));
        refused(toleration("a:Never"), "effects are");
        refused(toleration("=x"), "write KEY");
    }

    #[test]
    fn mounts() {
        let read = |text: &str| mount(text).map(|mount| (mount.volume, mount.path, mount.read_only)).unwrap();
        assert_eq!(read("pvc/data:/data"), (Volume::Claim("data".into()), "/data".into(), false));
        assert_eq!(read("secret/s:/s:ro"), (Volume::Secret("s".into()), "/s".into(), true));
        assert_eq!(read("hostpath//mnt/x:/x"), (Volume::HostPath("/mnt/x".into()), "/x".into(), false));
        assert_eq!(read("emptydir:/x"), (Volume::EmptyDir(None), "/x".into(), false));
        assert_eq!(read("memory/1Gi:/dev/shm"), (Volume::Memory(Some("1Gi".into())), "/dev/shm".into(), false));
        refused(mount("nfs/x:/x"), "sources are");
        refused(mount("pvc/x"), "sources are");
        refused(mount("pvc/x:data"), "absolute");
        refused(mount("memory/lots:/x"), "\"lots\" is no size");
    }
}
