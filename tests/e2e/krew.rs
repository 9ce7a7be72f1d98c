//! The archive of a release, and what the real krew and its validator make of it.
//!
//! `make test` builds both and names them: `INDEXEDJOB_E2E_ARCHIVE`, a `.tar.gz` with its `.sha256` beside it, and
//! `INDEXEDJOB_E2E_TOOLS`, the directory with krew. Without them these tests are skipped.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Output, Space, cluster, say, variable};

/// The repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The archive and the directory with krew; None, and a line that says so, where they were not built.
fn built(what: &str) -> Option<(PathBuf, PathBuf)> {
    let built = variable("INDEXEDJOB_E2E_ARCHIVE").zip(variable("INDEXEDJOB_E2E_TOOLS"));
    // Where there is no Rust library for the static program, `make test` has said so and built none.
    let built = built.filter(|(archive, _)| Path::new(archive).exists());
    if built.is_none() {
        say(&format!("skipped, no archive was built: {what}"));
    }
    built
}

/// The mode and the path of everything in the archive.
fn entries(archive: &Path) -> Vec<(String, String)> {
    let listed = Command::new("tar").arg("-tvzf").arg(archive).output().expect("tar is there");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("the names are UTF-8");
    let words = listed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.map(|words| (words[0].to_owned(), words.last().unwrap_or(&"").trim_end_matches('/').to_owned())).collect()
}

/// A kubectl with krew in a root of its own, in which nothing is installed, and with an index that has only our manifest.
struct Krew<'a> {
    space: &'a Space,
    /// What each line begins with: the environment, and `kubectl`.
    before: String,
}

impl<'a> Krew<'a> {
    #[track_caller]
    fn new(space: &'a Space, tools: &Path, manifest: &Path) -> Self {
        // Not in its own root: a `bin` there and nothing else is to krew an installation that is too old.
        let program = space.write("kubectl-krew", std::fs::read(tools.join("krew")).expect("krew was built"));
        std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("the home is ours");
        let home = program.with_file_name("");
        let home = home.display().to_string();
        let home = home.trim_end_matches('/');
        let kubectl = cluster().kubectl().display();
        let before = format!(
            "export PATH='{home}/krew/bin:{home}:/usr/bin:/bin' KREW_ROOT='{home}/krew' KREW_DEFAULT_INDEX_URI='{home}/index'
             kubectl() {{ '{kubectl}' \"$@\"; }}\n"
        );
        let krew = Self { space, before };
        let git = "git -c user.name=test -c user.email=test@localhost -c init.defaultBranch=main";
        krew.sh(&format!(
            "mkdir -p index/plugins && cp '{}' index/plugins/ && cd index && {git} init -q && {git} add . &&
             {git} commit -qm index && kubectl krew update",
            manifest.display()
        ))
        .ends_with(0);
        krew
    }

    /// A line of a shell in which `kubectl` finds no plugin but krew and what krew has installed.
    fn sh(&self, line: &str) -> Output {
        self.space.program("sh").args(["-c", &format!("{}{line}", self.before)]).output()
    }
}

/// The manifest that a release would have if this archive were that of linux/amd64 or linux/arm64; its path.
fn manifest(space: &Space, archive: &Path) -> PathBuf {
    let sum = std::fs::read_to_string(format!("{}.sha256", archive.display())).expect("the sum is beside the archive");
    let sums = space.write("sums", "").with_file_name("dist");
    std::fs::create_dir_all(&sums).expect("the home is writable");
    let script = "cd \"$1\" && grep -o 'kubectl-indexedjob-[a-z0-9_.-]*' \"$2\" | while read -r name; do
        case $name in \"kubectl-indexedjob-$(uname -m)-\"*linux*) echo \"$3\" ;; *) printf '%064d  x\\n' 0 ;; esac >\"$name.sha256\"
      done";
    let template = format!("{ROOT}/.krew.yaml");
    let sums_text = sums.display().to_string();
    space.program("sh").args(["-c", script, "sh", &sums_text, &template, sum.trim()]).ok();
    let tag = concat!("v", env!("CARGO_PKG_VERSION"));
    let render = space.program(format!("{ROOT}/release/render.sh"));
    let rendered = render.args([&template, tag, &sums_text]).ok();
    space.write("indexedjob.yaml", rendered.stdout)
}

#[test]
fn the_archive_has_what_a_release_needs_and_nothing_that_krew_refuses() {
    let Some((archive, _)) = built("the shape of the archive") else { return };
    let entries = entries(&archive);
    let mode = |path: &str| entries.iter().find(|entry| entry.1 == path).map(|entry| entry.0.as_str());
    assert_eq!(mode("kubectl-indexedjob"), Some("-rwxr-xr-x"));
    for page in ["LICENSE", "README.md", "CHANGELOG.md", "man/kubectl-indexedjob.1", "man/kubectl-indexedjob-create.1"]
    {
        assert_eq!(mode(page), Some("-rw-r--r--"), "{page}: {entries:#?}");
    }
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(mode(&format!("completions/kubectl-indexedjob.{shell}")).is_some(), "{shell}: {entries:#?}");
    }
    assert_eq!(mode("completions/kubectl_complete-indexedjob"), Some("-rwxr-xr-x"));
    let refused = |entry: &&(String, String)| {
        !entry.0.starts_with(['-', 'd']) || entry.1.starts_with('/') || entry.1.split('/').any(|part| part == "..")
    };
    assert_eq!(entries.iter().find(refused), None, "krew takes only files and directories, inside");
    let mut sorted = entries.clone();
    sorted.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(entries, sorted, "the order depends on the machine");
}

#[test]
fn the_program_in_the_archive_needs_no_library_and_names_no_directory_of_this_machine() {
    let Some((archive, _)) = built("the program in the archive") else { return };
    let program =
        Command::new("tar").arg("-xOzf").arg(&archive).arg("kubectl-indexedjob").output().expect("tar is there");
    let home = tempfile::tempdir().expect("a directory for temporary files");
    let path = home.path().join("program");
    std::fs::write(&path, &program.stdout).expect("it is writable");
    let ldd = Command::new("ldd").arg(&path).output().expect("ldd is there");
    let said = [ldd.stdout, ldd.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("statically linked") || said.contains("not a dynamic executable"), "{said}");
    let built_in = archive.ancestors().nth(3).expect("one/dist/ARCHIVE is in the directory of the test").to_owned();
    let registry = variable("CARGO_HOME").or_else(|| Some(variable("HOME")?.join(".cargo")));
    for directory in [Some(built_in), registry].into_iter().flatten() {
        let bytes = directory.as_os_str().as_encoded_bytes();
        let is_named = program.stdout.windows(bytes.len()).any(|part| part == bytes);
        assert!(!is_named, "{} is in the program", directory.display());
    }
}

#[test]
fn krews_own_validator_accepts_the_manifest() {
    let Some((archive, tools)) = built("krew's validator") else { return };
    let space = Space::new("krew-validator");
    let manifest = manifest(&space, &archive).display().to_string();
    let validator = tools.join("validate-krew-manifest");
    space.program(&validator).args(["-skip-install", "-manifest", &manifest]).ok();
    let text = String::from_utf8(space.read("indexedjob.yaml")).expect("UTF-8");
    let wrong = space.write("indexedjob.yaml", text.replace("arch: arm64", "arch: amd64")).display().to_string();
    let refused = space.program(&validator).args(["-skip-install", "-manifest", &wrong]).output();
    assert_ne!(refused.code, Some(0), "the validator looks at nothing\n{refused}");
}

#[test]
fn krew_installs_lists_runs_and_removes_the_plugin() {
    let Some((archive, tools)) = built("krew") else { return };
    let space = Space::new("krew");
    let manifest = manifest(&space, &archive);
    let krew = Krew::new(&space, &tools, &manifest);
    let found = krew.sh("kubectl krew search indexedjob");
    assert!(found.text().contains("Run and follow arrays of numbered tasks"), "cut or not there\n{found}");
    let install = format!("kubectl krew install --manifest='{}' --archive='{}'", manifest.display(), archive.display());
    let installed = krew.sh(&install);
    installed.ends_with(0);
    assert!(installed.stderr.contains("kubectl_complete-indexedjob"), "no caveat\n{installed}");
    let listed = krew.sh("kubectl krew list");
    // Of no index, since it came from a file.
    assert!(listed.text().lines().any(|line| line.starts_with("detached/indexedjob")), "{listed}");
    let plugins = krew.sh("kubectl plugin list");
    plugins.ends_with(0);
    assert!(plugins.text().contains("/kubectl-indexedjob\n") && !plugins.stderr.contains("warning"), "{plugins}");
    let version = krew.sh("kubectl indexedjob --version").text().to_owned();
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    // As the caveat says.
    let caveat = installed.stderr.lines().find_map(|line| line.split_once("ln -s ")).expect("it says what to type");
    krew.sh(&format!("ln -s {}", caveat.1)).ends_with(0);
    let completed = krew.sh("kubectl __complete indexedjob wai");
    assert!(completed.text().starts_with("wait\t") && completed.text().ends_with(":4\n"), "{completed}");
    krew.sh("kubectl indexedjob create one --image busybox --completions 1 --wait -- true").is(
        0,
        "job.batch/one created\njob.batch/one condition met\n",
        &[],
    );
    let changed = space.write("changed.tar.gz", [std::fs::read(&archive).expect("the archive"), vec![0]].concat());
    krew.sh("kubectl krew uninstall indexedjob").ends_with(0);
    assert!(!krew.sh("kubectl krew list").text().contains("indexedjob"));
    assert_ne!(krew.sh("kubectl indexedjob --version").code, Some(0), "it is still there");
    let refused = krew.sh(&install.replace(&archive.display().to_string(), &changed.display().to_string()));
    assert_ne!(refused.code, Some(0), "krew takes an archive with another sum\n{refused}");
}
