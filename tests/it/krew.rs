//! The manifest for krew: krew's own rules, those of its index, and ours. krew ignores a key that it does not know, so a
//! typing error there is found only here. The real validator reads it in `tests/e2e/krew.rs`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use indexedjob_core::yaml;
use serde_json::{Value, json};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The platforms that a release has, as krew names them, and what the archive of each is built for.
const PLATFORMS: [(&str, &str, &str); 5] = [
    ("linux", "amd64", "x86_64-unknown-linux-musl.tar.gz"),
    ("linux", "arm64", "aarch64-unknown-linux-musl.tar.gz"),
    ("darwin", "amd64", "x86_64-apple-darwin.tar.gz"),
    ("darwin", "arm64", "aarch64-apple-darwin.tar.gz"),
    ("windows", "amd64", "x86_64-pc-windows-msvc.zip"),
];

/// Everything that is wrong with a manifest.
fn complaints(manifest: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut holds = |is_so: bool, what: &str| {
        if !is_so {
            found.push(what.to_owned());
        }
    };
    let text = |path: &str| manifest.pointer(path).and_then(Value::as_str).unwrap_or_default();
    holds(has_only(manifest, &["apiVersion", "kind", "metadata", "spec"]), "an unknown key");
    let of_spec = ["version", "homepage", "shortDescription", "description", "caveats", "platforms"];
    holds(has_only(&manifest["spec"], &of_spec), "an unknown key in spec");
    holds(text("/apiVersion") == "krew.googlecontainertools.github.com/v1alpha2", "apiVersion");
    holds(text("/kind") == "Plugin", "kind");
    holds(text("/metadata/name") == "indexedjob", "metadata.name");
    holds(text("/spec/version") == concat!("v", env!("CARGO_PKG_VERSION")), "the version is not that of Cargo.toml");
    let short = text("/spec/shortDescription");
    holds((1..=50).contains(&short.len()) && !short.contains(['\r', '\n']), "shortDescription");
    let long = text("/spec/description");
    holds(!long.is_empty() && long.lines().all(|line| line.len() <= 80), "description");
    holds(!long.contains("kubectl "), "a command in the description");
    holds(text("/spec/caveats").contains("kubectl_complete-indexedjob"), "no caveat tells of completion");
    let platforms = manifest["spec"]["platforms"].as_array().cloned().unwrap_or_default();
    for (os, arch, archive) in PLATFORMS {
        let of_this =
            platforms.iter().filter(|row| row["selector"] == json!({"matchLabels": {"os": os, "arch": arch}}));
        holds(of_this.clone().count() == 1, &format!("not one platform of {os}/{arch}"));
        for row in of_this {
            let exe = if os == "windows" { ".exe" } else { "" };
            let uri = row["uri"].as_str().unwrap_or_default();
            let download = format!("/releases/download/{}/kubectl-indexedjob-{archive}", text("/spec/version"));
            holds(uri.starts_with("https://") && uri.ends_with(&download), &format!("uri of {os}/{arch}"));
            holds(row["bin"] == json!(format!("kubectl-indexedjob{exe}")), &format!("bin of {os}/{arch}"));
            holds(is_sha256(&row["sha256"]), &format!("sha256 of {os}/{arch}"));
            holds(has_only(row, &["selector", "uri", "sha256", "bin"]), &format!("an unknown key in {os}/{arch}"));
        }
    }
    holds(platforms.len() == PLATFORMS.len(), "a platform that no release has");
    found
}

fn has_only(value: &Value, keys: &[&str]) -> bool {
    value.as_object().is_some_and(|object| object.keys().all(|key| keys.contains(&key.as_str())))
}

/// krew compares letters, and writes small ones.
fn is_sha256(value: &Value) -> bool {
    let digits = value.as_str().unwrap_or_default();
    digits.len() == 64 && digits.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
}

/// What `release/render.sh` makes of a template, with sums from this directory.
#[track_caller]
fn rendered(template: &str, dir: Option<&Path>) -> String {
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let mut command = Command::new("bash");
    command.args(["release/render.sh", template, tag]).args(dir).current_dir(ROOT);
    let output = command.output().expect("bash is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a template is UTF-8")
}

/// A directory as `release/archive.sh` leaves it, with other sums for each archive.
fn sums() -> (TempDir, Vec<String>) {
    let dir = TempDir::new().expect("a directory for temporary files");
    let digits = ["a", "b", "c", "d", "e"].map(|digit| digit.repeat(64));
    for ((_, _, archive), sum) in PLATFORMS.iter().zip(&digits) {
        let name = format!("kubectl-indexedjob-{archive}");
        std::fs::write(dir.path().join(format!("{name}.sha256")), format!("{sum}  {name}\n")).expect("it is writable");
    }
    (dir, digits.to_vec())
}

fn manifest(text: &str) -> Value {
    let [manifest] = &yaml::documents(text).expect("it is YAML")[..] else { panic!("one document") };
    manifest.clone()
}

#[test]
fn the_manifest_keeps_the_rules_and_is_made_from_the_template() {
    let text = std::fs::read_to_string(format!("{ROOT}/krew-manifest.yaml")).unwrap();
    assert_eq!(complaints(&manifest(&text)), Vec::<String>::new());
    let without_comment: Vec<&str> = text.lines().skip_while(|line| line.starts_with('#')).collect();
    assert_eq!(without_comment.join("\n") + "\n", rendered(".krew.yaml", None), "run `make generate`");
}

#[test]
fn a_rendered_manifest_has_the_sum_of_each_archive_at_its_platform() {
    let (dir, digits) = sums();
    let manifest = manifest(&rendered(".krew.yaml", Some(dir.path())));
    assert_eq!(complaints(&manifest), Vec::<String>::new());
    let found: Vec<_> = manifest["spec"]["platforms"].as_array().unwrap().iter().map(|row| &row["sha256"]).collect();
    assert_eq!(found, digits.iter().collect::<Vec<_>>());
}

#[test]
fn a_missing_archive_is_an_error_and_no_manifest_with_a_hole() {
    let (dir, _) = sums();
    std::fs::remove_file(dir.path().join("kubectl-indexedjob-aarch64-apple-darwin.tar.gz.sha256")).unwrap();
    let mut command = Command::new("bash");
    let output = command.args(["release/render.sh", ".krew.yaml", "v1.0.0"]).arg(dir.path()).current_dir(ROOT).output();
    assert!(!output.unwrap().status.success());
}

#[test]
fn the_formula_for_homebrew_has_the_sums_and_no_mark_of_the_template() {
    let (dir, digits) = sums();
    let formula = rendered("release/homebrew.rb", Some(dir.path()));
    assert!(!formula.contains('@'), "{formula}");
    let found: BTreeSet<&str> = formula.lines().filter_map(|line| line.trim().strip_prefix("sha256 ")).collect();
    let want: Vec<String> = digits[..4].iter().map(|sum| format!("\"{sum}\"")).collect();
    assert_eq!(found, want.iter().map(String::as_str).collect());
}

#[test]
fn whatever_krew_or_its_index_would_refuse_is_found() {
    let text = std::fs::read_to_string(format!("{ROOT}/krew-manifest.yaml")).unwrap();
    let wrong: [(&str, Value, &str); 9] = [
        ("/spec/platforms/0/sha256", json!("A".repeat(64)), "sha256 of linux/amd64"),
        ("/spec/platforms/0/selector/matchLabels/arch", json!("arm64"), "not one platform of linux/amd64"),
        ("/spec/platforms/4/bin", json!("kubectl-indexedjob"), "bin of windows/amd64"),
        ("/spec/platforms/2/uri", json!("https://x/releases/download/v0/y.tar.gz"), "uri of darwin/amd64"),
        ("/spec/shortDescription", json!("x".repeat(51)), "shortDescription"),
        ("/spec/description", json!("kubectl indexedjob create"), "a command in the description"),
        ("/spec/version", json!("0.1.0"), "the version is not that of Cargo.toml"),
        ("/metadata/name", json!("indexed-job"), "metadata.name"),
        ("/kind", json!("Plugins"), "kind"),
    ];
    for (path, value, complaint) in wrong {
        let mut manifest = manifest(&text);
        *manifest.pointer_mut(path).expect(path) = value;
        assert!(complaints(&manifest).iter().any(|found| found == complaint), "{path}: {:?}", complaints(&manifest));
    }
    for (path, key, complaint) in [
        ("/spec/platforms/1", "files", "an unknown key in linux/arm64"),
        ("/spec", "shortdescription", "an unknown key in spec"),
        ("", "status", "an unknown key"),
    ] {
        let mut manifest = manifest(&text);
        manifest.pointer_mut(path).unwrap()[key] = json!([]);
        assert!(complaints(&manifest).iter().any(|found| found == complaint), "{key}: {:?}", complaints(&manifest));
    }
}
