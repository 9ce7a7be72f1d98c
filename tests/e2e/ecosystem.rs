//! The conventions of kubectl's plugins that need the real kubectl or a real server, each by its number: what kubectl does
//! with a kubeconfig, a login or a proxy, the plugin does, too. The list of all is in tests/it/ecosystem.rs.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{Output, PLUGIN, Run, Space, cluster};

/// kubectl and the plugin ask the server for the Jobs of a namespace; both end well, or neither does, and then they say
/// the same: the first line of stderr of the one is that of the other.
#[track_caller]
fn both(space: &Space, change: impl Fn(Run<'_>) -> Run<'_>) -> (bool, String) {
    let theirs = change(space.kubectl("get jobs")).output();
    let ours = change(space.indexedjob("list")).output();
    assert_eq!(theirs.code, ours.code, "kubectl: {theirs}\nours: {ours}");
    let ended_well = theirs.code == Some(0);
    let first = |stderr: &str| stderr.lines().next().unwrap_or_default().to_owned();
    if !ended_well {
        // kubectl's client complains of every try before it says what is wrong.
        let said = theirs.stderr.lines().find(|line| !line.starts_with(['E', 'I', 'W']) || line.starts_with("Error"));
        assert_eq!(first(&ours.stderr), said.unwrap_or_default().trim(), "kubectl: {theirs}\nours: {ours}");
    }
    (ended_well, ours.stderr)
}

#[track_caller]
fn both_succeed(space: &Space, change: impl Fn(Run<'_>) -> Run<'_>) {
    let (ended_well, stderr) = both(space, change);
    assert!(ended_well, "{stderr}");
}

#[track_caller]
fn both_fail(space: &Space, change: impl Fn(Run<'_>) -> Run<'_>, want: &str) {
    let (ended_well, stderr) = both(space, change);
    assert!(!ended_well && stderr.contains(want), "wanted {want}: {stderr}");
}

/// The kubeconfig, changed at these places.
fn config_with(space: &Space, name: &str, cluster: &Value, user: Option<&Value>) -> PathBuf {
    let mut config = space.config();
    for (key, value) in cluster.as_object().into_iter().flatten() {
        config["clusters"][0]["cluster"][key] = value.clone();
    }
    if let Some(user) = user {
        config["users"][0]["user"] = user.clone();
    }
    space.write(name, config.to_string())
}

const EXEC: &str = "client.authentication.k8s.io/v1";

fn exec(command: &str, args: &[&str]) -> Value {
    json!({"exec": {"apiVersion": EXEC, "interactiveMode": "IfAvailable", "command": command, "args": args}})
}

fn answer(status: &Value) -> String {
    json!({"kind": "ExecCredential", "apiVersion": EXEC, "status": status}).to_string()
}

#[test]
fn convention_9_kubectl_sees_the_plugin() {
    let space = Space::new("plugin");
    let bin = space.link("kubectl-indexedjob", PLUGIN);
    let listed = space.kubectl("plugin list").env("PATH", bin).ok();
    let ours: Vec<_> = listed.text().lines().filter(|line| line.ends_with("/kubectl-indexedjob")).collect();
    assert_eq!(ours.len(), 1, "{listed}");
    assert_eq!(listed.stderr, "", "no warning");
    space.indexedjob("create --help").output().is(0, space.indexedjob("create --help").ok().text(), &[]);
    assert!(space.indexedjob("create --help").ok().text().contains("kubectl indexedjob create"));
}

#[test]
fn convention_12_kubectl_and_shells_complete() {
    let space = Space::new("complete");
    space.link("kubectl_complete-indexedjob", PLUGIN);
    space.indexedjob("create train --image docker.io/library/busybox --completions 3 --suspend -- true").ok();
    let ask = |words: &[&str]| space.kubectl("__complete indexedjob").args(words.iter().copied()).ok();
    let verbs = ask(&[""]);
    assert!(verbs.text().contains("\nwait\t") && verbs.text().ends_with(":4\n"), "{verbs}");
    let jobs = ask(&["resume", ""]);
    assert_eq!(jobs.text(), "train\tSuspended 0/3\n:36\n", "{jobs}");
    let numbers = ask(&["logs", "train", "--index", "1,"]);
    assert_eq!(numbers.text(), "1,0\n1,2\n:36\n", "{numbers}");
    let namespaces = ask(&["list", "-n", &space.namespace[..space.namespace.len() - 2]]);
    assert_eq!(namespaces.text(), format!("{}\n:36\n", space.namespace), "{namespaces}");
    assert_eq!(ask(&["logs", "train", "-c", ""]).text(), "worker\n:36\n");

    // The shells themselves, by the scripts that the real kubectl prints for them.
    let bash = "source <(kubectl completion bash); COMP_LINE='kubectl indexedjob resume tr'; COMP_POINT=${#COMP_LINE}; \
                COMP_WORDS=(kubectl indexedjob resume tr); COMP_CWORD=3; COMP_TYPE=9; \
                _get_comp_words_by_ref() { cur=tr; prev=resume; words=(\"${COMP_WORDS[@]}\"); cword=3; }; \
                __start_kubectl; printf '%s\\n' \"${COMPREPLY[@]}\"";
    completes(&space, "bash", &["--norc", "-c", bash]);
    let fish = "kubectl completion fish | source; complete -C 'kubectl indexedjob resume tr'";
    completes(&space, "fish", &["--no-config", "-c", fish]);
    let zsh = "zmodload zsh/zpty; zpty shell zsh -f; zpty -w shell \
               'PS1=; autoload -U compinit && compinit -u; source <(kubectl completion zsh); echo ready'; \
               zpty -r shell out '*ready*ready*'; zpty -w -n shell $'kubectl indexedjob resume tr\\t'; \
               zpty -r shell out '*resume train*' && print -r -- $out";
    completes(&space, "zsh", &["-f", "-c", zsh]);
}

/// kubectl is on the PATH by its own name; what the shell offers for `resume tr` is `train`.
#[track_caller]
fn completes(space: &Space, shell: &str, args: &[&str]) {
    space.link("kubectl", cluster().kubectl());
    // A shell in a pseudo-terminal waits for what does not come.
    let run = space.program("timeout").args(["30", shell]).args(args.iter().copied());
    let output = run.env("TERM", "dumb").output();
    assert!(output.text().contains("train"), "{shell}: {output}");
}

#[test]
fn convention_14_an_invalid_job_is_told_as_kubectl_tells_it() {
    let space = Space::new("invalid");
    let line = "create x --image docker.io/library/busybox --completions 1 --runtime-class Not_A_Name -- true";
    let ours = space.indexedjob(line).output();
    ours.fails(1, &["The Job \"x\" is invalid: "]);
    assert!(!ours.stderr.contains("Status {"), "{ours}");
}

#[test]
fn convention_20_kubeconfigs_are_read_as_kubectl_reads_them() {
    let space = Space::new("kubeconfig");
    let config = space.config();
    let good = config.to_string();
    let unset = space.write("unset", "apiVersion: v1\nkind: Config\ncurrent-context: \"\"\nusers: null\n");
    let marked = space.write("marked", format!("\u{feff}{good}"));
    let twice = space.write("twice", good.replacen('{', "{\"current-context\":\"none\",", 1));
    let plain = space.write("plain", &good);
    let missing = PathBuf::from("/nowhere/config");
    for list in [vec![&missing, &plain], vec![&unset, &plain], vec![&marked], vec![&twice], vec![&plain, &unset]] {
        let list = std::env::join_paths(list).expect("paths without separators");
        both_succeed(&space, |run| run.env("KUBECONFIG", &list));
        let context = space.kubectl("config current-context").env("KUBECONFIG", &list).ok();
        let offered = space.indexedjob("__complete list --context").args([""]).env("KUBECONFIG", &list).ok();
        assert!(offered.text().starts_with(context.text()), "{offered}");
    }
    both_fail(&space, |run| run.args(["--context", "none"]), "context was not found for specified context: none");
    both_fail(&space, |run| run.args(["--cluster", "none"]), "no server found for cluster \"none\"");
    both_fail(&space, |run| run.args(["--user", "none"]), "auth info \"none\" does not exist");
    both_fail(&space, |run| run.args(["--kubeconfig", "/nowhere/config"]), "stat /nowhere/config: no such file");
    let named = space.indexedjob("list").env("KUBECONFIG", "/nowhere/config").output();
    named.fails(1, &["error: no kubeconfig found: KUBECONFIG names /nowhere/config, which is not there\n", "hint: "]);
}

#[test]
fn convention_24_logins_end_as_kubectls_do() {
    let space = Space::new("login");
    let token = space.kubectl("create token default").ok().text().trim().to_owned();
    space
        .kubectl(&format!("create rolebinding r --clusterrole=edit --serviceaccount={}:default", space.namespace))
        .ok();
    let with = |name: &str, user: &Value| config_with(&space, name, &json!({}), Some(user));
    let logs_in = |user: &Value| {
        let path = with("config-good", user);
        both_succeed(&space, |run| run.kubeconfig(&path));
    };
    let fails = |user: &Value, want: &str| {
        let path = with("config-bad", user);
        both_fail(&space, |run| run.kubeconfig(&path), want);
    };
    logs_in(&json!({"token": token}));
    space.write("token", format!("{token}\n"));
    logs_in(&json!({"tokenFile": "token"}));
    logs_in(&exec("echo", &[&answer(&json!({"token": token}))]));

    // A certificate by data, by file, and from a plugin; the lab's admin has one.
    let user = space.config()["users"][0]["user"].clone();
    if let (Some(certificate), Some(key)) = (user["client-certificate-data"].as_str(), user["client-key-data"].as_str())
    {
        let decoded = |name: &str, data: &str| {
            let text = space.program("base64").args(["-d"]).stdin(data).ok();
            space.write(name, &text.stdout);
            text.text().to_owned()
        };
        let (certificate, key) = (decoded("client.crt", certificate), decoded("client.key", key));
        logs_in(&json!({"client-certificate": "client.crt", "client-key": "client.key"}));
        let pair = json!({"clientCertificateData": certificate, "clientKeyData": key});
        logs_in(&exec("echo", &[&answer(&pair)]));
    }
    fails(&json!({"client-certificate": "/nowhere/c", "client-key": "client.key"}), "/nowhere/c: no such file");
    fails(&json!({"token": "wrong"}), "You must be logged in to the server");
    fails(&json!({"tokenFile": "/nowhere/token"}), "error: open /nowhere/token: no such file or directory");
    fails(&json!({"token": "t", "username": "u", "password": "p"}), "more than one authentication method found");
    fails(&exec("no-such-plugin", &[]), "exec: executable no-such-plugin not found");
    fails(&exec("sh", &["-c", "exit 3"]), "exec: executable sh failed with exit code 3");
    fails(&exec("echo", &[&answer(&json!({}))]), "exec plugin didn't return a token or cert/key pair");
    fails(&exec("echo", &[&answer(&json!(null))]), "exec plugin didn't return a status field");
    let mut old = exec("echo", &[]);
    old["exec"]["apiVersion"] = json!("client.authentication.k8s.io/v1alpha1");
    fails(&old, "error: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"");
    let mut always = exec("echo", &[]);
    always["exec"]["interactiveMode"] = json!("Always");
    fails(&always, "standard input is not a terminal");
    fails(&json!({"auth-provider": {"name": "none"}}), "no Auth Provider found for name \"none\"");
    // Their text has three lines, and begins with a capital.
    let gcp = with("config-bad", &json!({"auth-provider": {"name": "gcp"}}));
    let ours = space.indexedjob("list").kubeconfig(&gcp).output();
    ours.fails(1, &["error: the gcp auth plugin has been removed", "gke-gcloud-auth-plugin", "hint: "]);
}

#[test]
fn convention_24_other_users_and_names_of_the_server() {
    let space = Space::new("acting");
    let denied = "jobs.batch is forbidden: User \"nobody\" cannot list resource \"jobs\"";
    both_fail(&space, |run| run.args(["--as=nobody"]), denied);
    both_succeed(&space, |run| run.args(["--as=somebody", "--as-group=system:masters", "--as-uid=7"]));
    if space.server_minor() >= 35 {
        both_succeed(&space, |run| {
            run.args(["--as=a", "--as-group=system:masters", "--as-user-extra=example.com/k=v"])
        });
    }
    let server = space.config()["clusters"][0]["cluster"]["server"].as_str().expect("a server").to_owned();
    both_fail(&space, |run| run.args(["-s", "https://127.0.0.1:1"]), "127.0.0.1:1 was refused");
    // kubectl also says which name server it asked.
    space.kubectl("get jobs -s https://nowhere.invalid").output().ends_with(1);
    let nowhere = space.indexedjob("list -s https://nowhere.invalid").output();
    nowhere.fails(1, &["Unable to connect to the server: dial tcp: lookup nowhere.invalid: no such host\n"]);
    both_succeed(&space, |run| run.args(["-s", &server]));
    let no_authority = json!({"certificate-authority-data": null});
    let path = config_with(&space, "config-skip", &no_authority, None);
    both_fail(&space, |run| run.kubeconfig(&path), "certificate signed by unknown authority");
    both_succeed(&space, |run| run.kubeconfig(&path).args(["--insecure-skip-tls-verify"]));
    both_succeed(&space, |run| run.args(["--tls-server-name=localhost"]));
    let wrong = space.indexedjob("list --tls-server-name=other.example").output();
    wrong.fails(1, &["Unable to connect to the server: tls: failed to verify certificate: x509: certificate is "]);
    space.kubectl("get jobs --tls-server-name=other.example").output().ends_with(1);
}

/// In a mount namespace of its own, the service account is where a pod has it.
const IN_A_POD: &str = r#"
    mkdir -p /var/run/secrets && mount -t tmpfs tmpfs /var/run/secrets
    account=/var/run/secrets/kubernetes.io/serviceaccount
    mkdir -p $account && cp token ca.crt namespace $account
    unset KUBECONFIG
    exec "$@"
"#;

#[test]
fn convention_20_in_a_pod_the_service_account_is_used() {
    let space = Space::new("pod");
    // It needs root on the machine of the server.
    if cluster().lab("the configuration in a pod").is_none() {
        return;
    }
    let config = space.config();
    let of_cluster = |key: &str| config["clusters"][0]["cluster"][key].as_str().unwrap_or_default().to_owned();
    let authority = space.program("base64").args(["-d"]).stdin(of_cluster("certificate-authority-data")).ok();
    space.write("ca.crt", authority.stdout);
    space.write("token", &space.kubectl("create token default").ok().stdout);
    space.write("namespace", &space.namespace);
    space
        .kubectl(&format!("create rolebinding r --clusterrole=edit --serviceaccount={}:default", space.namespace))
        .ok();
    space.indexedjob("create x --image docker.io/library/busybox --completions 1 --suspend -- true").ok();
    let port = of_cluster("server").rsplit(':').next().unwrap_or_default().to_owned();
    let in_a_pod = |line: &[&str]| {
        let run = space.program("unshare").args(["-m", "sh", "-c", IN_A_POD, "sh"]).args(line.iter().copied());
        run.env("KUBERNETES_SERVICE_HOST", "127.0.0.1").env("KUBERNETES_SERVICE_PORT", &port)
    };
    let kubectl = cluster().kubectl().to_string_lossy();
    let theirs = in_a_pod(&[&kubectl, "get", "jobs", "-o", "name"]).ok();
    let ours = in_a_pod(&[PLUGIN, "list", "-o", "name"]).ok();
    assert_eq!((ours.text(), theirs.text()), ("job.batch/x\n", "job.batch/x\n"));
    let elsewhere = "cannot list resource \"jobs\" in API group \"batch\" in the namespace \"default\"";
    in_a_pod(&[&kubectl, "get", "jobs"]).env("POD_NAMESPACE", "default").output().fails(1, &[elsewhere]);
    in_a_pod(&[PLUGIN, "list"]).env("POD_NAMESPACE", "default").output().fails(1, &[elsewhere]);
    in_a_pod(&[PLUGIN, "list", "--context", "none"]).output().fails(1, &["context was not found"]);
    // It is there only because a mount needs a place.
    let _ = std::fs::remove_dir("/var/run/secrets");
}

/// A proxy on a port of its own that speaks both HTTP's CONNECT and SOCKS5, and leads to `server` whatever it is asked for.
struct Proxy {
    address: String,
    connected: Arc<AtomicUsize>,
}

impl Proxy {
    fn to(server: &str, login: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let connected = Arc::new(AtomicUsize::new(0));
        let (server, counter) = (server.to_owned(), connected.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (server, counter) = (server.clone(), counter.clone());
                std::thread::spawn(move || serve(stream, &server, login, &counter));
            }
        });
        Self { address, connected }
    }

    fn so_many(&self) -> usize {
        self.connected.swap(0, Ordering::SeqCst)
    }
}

/// It ends when either side has gone.
fn serve(mut client: TcpStream, server: &str, login: Option<&str>, connected: &AtomicUsize) -> Option<()> {
    let mut first = [0; 1];
    client.read_exact(&mut first).ok()?;
    let granted: &[u8] = if first[0] == 5 {
        socks(&mut client)?;
        &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    } else {
        let mut head = Vec::from(first);
        while !head.ends_with(b"\r\n\r\n") {
            client.read_exact(&mut first).ok()?;
            head.push(first[0]);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        if login.is_some_and(|login| !head.contains(&format!("proxy-authorization: basic {}", login.to_lowercase()))) {
            let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
            return client.write_all(refusal).ok();
        }
        b"HTTP/1.1 200 OK\r\n\r\n"
    };
    let mut upstream = TcpStream::connect(server).ok()?;
    client.write_all(granted).ok()?;
    connected.fetch_add(1, Ordering::SeqCst);
    let (mut from, mut to) = (client.try_clone().ok()?, upstream.try_clone().ok()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut upstream, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

/// Reads what a client of SOCKS5 says up to the place that it wants to go to.
fn socks(client: &mut TcpStream) -> Option<()> {
    let mut some = [0; 256];
    client.read_exact(&mut some[..1]).ok()?;
    let methods = usize::from(some[0]);
    client.read_exact(&mut some[..methods]).ok()?;
    client.write_all(&[5, 0]).ok()?;
    client.read_exact(&mut some[..4]).ok()?;
    let length = match some[3] {
        1 => 4,
        4 => 16,
        _ => {
            client.read_exact(&mut some[..1]).ok()?;
            usize::from(some[0])
        }
    };
    client.read_exact(&mut some[..length + 2]).ok()
}

#[test]
fn convention_21_proxies_are_used_when_kubectl_uses_them() {
    let space = Space::new("proxy");
    let url = space.config()["clusters"][0]["cluster"]["server"].as_str().expect("a server").to_owned();
    let host = url.trim_start_matches("https://").to_owned();
    let proxy = Proxy::to(&host, None);
    let both_used = |run: &dyn Fn(Run<'_>) -> Run<'_>| {
        proxy.so_many();
        space.kubectl("get jobs").pipe(run).ok();
        assert!(proxy.so_many() > 0, "kubectl uses the proxy");
        space.indexedjob("list").pipe(run).ok();
        assert_eq!(proxy.so_many(), 1, "the plugin uses it, too");
    };
    for scheme in ["http", "socks5"] {
        let config = json!({"proxy-url": format!("{scheme}://{}", proxy.address)});
        let config = config_with(&space, &format!("config-{scheme}"), &config, None);
        both_used(&|run| run.kubeconfig(&config));
    }

    // By variables; loopback never goes through a proxy, so the server has a name that only the proxy knows.
    let named = json!({"server": "https://kubernetes.default.svc:6443"});
    let named = config_with(&space, "config-named", &named, None);
    for value in [format!("http://{}", proxy.address), proxy.address.clone(), format!("socks5://{}", proxy.address)] {
        for name in ["HTTPS_PROXY", "https_proxy"] {
            both_used(&|run| run.kubeconfig(&named).env(name, &value));
        }
        both_used(&|run| run.kubeconfig(&named).env("HTTPS_PROXY", &value).env("NO_PROXY", "other.svc,10.0.0.0/8,"));
    }
    // Where they go directly, they do not find it.
    for exception in ["*", "kubernetes.default.svc", ".svc", "svc", "default.svc:6443", "a,.default.svc,"] {
        let through = |run: Run<'_>| -> Output {
            run.kubeconfig(&named).env("HTTPS_PROXY", &proxy.address).env("NO_PROXY", exception).output()
        };
        proxy.so_many();
        through(space.kubectl("get jobs")).ends_with(1);
        through(space.indexedjob("list")).fails(1, &["Unable to connect to the server: dial tcp: lookup"]);
        assert_eq!(proxy.so_many(), 0, "{exception}");
    }
    // The proxy of a kubeconfig holds whatever NO_PROXY says.
    let both_ways =
        json!({"server": "https://kubernetes.default.svc:6443", "proxy-url": format!("http://{}", proxy.address)});
    let both_ways = config_with(&space, "config-both", &both_ways, None);
    both_used(&|run| run.kubeconfig(&both_ways).env("NO_PROXY", "*"));
}

#[test]
fn convention_21_what_a_proxy_refuses_is_told() {
    let space = Space::new("noproxy");
    let url = space.config()["clusters"][0]["cluster"]["server"].as_str().expect("a server").to_owned();
    let host = url.trim_start_matches("https://").to_owned();
    let proxy = |url: &str| config_with(&space, "config-proxy", &json!({"proxy-url": url}), None);
    let dead = proxy("http://127.0.0.1:1");
    both_fail(
        &space,
        |run| run.kubeconfig(&dead),
        "hint: requests go through the proxy 127.0.0.1:1, which may be who refuses",
    );
    let dead = proxy("socks5://127.0.0.1:1");
    both_fail(&space, |run| run.kubeconfig(&dead), "hint: requests go through the proxy 127.0.0.1:1");
    let wrong = proxy("ftp://127.0.0.1:1");
    space.kubectl("get jobs").kubeconfig(&wrong).output().ends_with(1);
    let said = "unsupported scheme \"ftp\", must be http, https, or socks5";
    space.indexedjob("list").kubeconfig(&wrong).output().fails(1, &["error: invalid proxy", said]);

    // "user:pass"
    let guarded = Proxy::to(&host, Some("dXNlcjpwYXNz"));
    let known = proxy(&format!("http://user:pass@{}", guarded.address));
    both_succeed(&space, |run| run.kubeconfig(&known));
    let stranger = proxy(&format!("http://user:secret-word@{}", guarded.address));
    space.kubectl("get jobs").kubeconfig(&stranger).output().ends_with(1);
    let ours = space.indexedjob("list -v=9").kubeconfig(&stranger).output();
    ours.fails(1, &["Unable to connect to the server: proxy ", "Proxy Authentication Required"]);
    assert!(!ours.stderr.contains("secret-word"), "{ours}");
}

#[test]
fn convention_31_no_level_tells_a_real_login() {
    let space = Space::new("secrets");
    let token = space.kubectl("create token default").ok().text().trim().to_owned();
    space
        .kubectl(&format!("create rolebinding r --clusterrole=edit --serviceaccount={}:default", space.namespace))
        .ok();
    let user = exec("echo", &[&answer(&json!({"token": token}))]);
    let config = config_with(&space, "config-exec", &json!({}), Some(&user));
    // The Job carries the token, too, as some carry secrets in variables: it is masked wherever it stands.
    let create = "create x --image docker.io/library/busybox --completions 1 --suspend -v=9";
    let run = space.indexedjob(create).args([&format!("--env=TOKEN={token}"), "--", "true"]);
    let told = run.kubeconfig(&config).ok();
    assert!(told.stderr.contains("Request Body: {") && told.stderr.contains("Bearer <masked>"), "{told}");
    assert!(!told.stderr.contains(&token) && !told.stderr.contains(token.rsplit('.').next().expect("a signature")));
    let by_certificate = space.indexedjob("describe x -v=9").ok();
    let key = space.config()["users"][0]["user"]["client-key-data"].as_str().map(str::to_owned);
    assert!(key.is_none_or(|key| !by_certificate.stderr.contains(&key[..40])), "a key is told");
}

#[test]
fn versions_are_kubectls() {
    let space = Space::new("version");
    let theirs = space.kubectl("version -o json").json();
    let ours = space.indexedjob("version -o json").json();
    assert_eq!(ours["serverVersion"]["gitVersion"], theirs["serverVersion"]["gitVersion"]);
    assert_eq!(ours["clientVersion"]["platform"], theirs["clientVersion"]["platform"]);
    let told = space.indexedjob("version").ok();
    assert!(
        told.text().contains(&format!("Server Version: {}\n", theirs["serverVersion"]["gitVersion"].as_str().unwrap()))
    );
    assert_eq!(told.stderr, "", "a server that was tested fits");
}
