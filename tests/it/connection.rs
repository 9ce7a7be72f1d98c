//! How a cluster is found and spoken to, and what is said where it cannot be.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::fake::{Fault, On, Server};
use crate::harness::{run, run_without_config};
use crate::words::{ask_for_the_right, condition_met};

const CREATE: &str = "create x --image=busybox --completions=1 -- true";

#[test]
fn no_kubeconfig() {
    let output = run_without_config(CREATE).output();
    output.is(
        1,
        "",
        "error: no kubeconfig found\n\
         hint: say which cluster is meant with KUBECONFIG=FILE or --kubeconfig FILE; the default is ~/.kube/config\n",
    );
}

#[test]
fn a_kubeconfig_that_is_not_there() {
    let output = run_without_config("wait x --kubeconfig none").output();
    output.says(1, "", &["error: ", "none", "no such file or directory"]);
}

#[test]
fn a_kubeconfig_that_is_broken() {
    let run = run_without_config("wait x --kubeconfig config").file("config", "clusters: [\n");
    run.output().says(1, "", &["error: ", "config"]);
}

#[test]
fn an_unknown_context() {
    let server = Server::start();
    run(&server, "wait x --context other").output().says(
        1,
        "",
        &[
            "context was not found for specified context: other\n",
            "hint: see which there are: kubectl config get-contexts",
        ],
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_cluster_that_cannot_be_reached() {
    let server = Server::start();
    server.close();
    let start = Instant::now();
    let refused = format!(
        "The connection to the server {} was refused - did you specify the right host or port?\n\
         hint: see which server is meant: kubectl config view --minify\n",
        server.host()
    );
    for line in [CREATE, "create x --image=busybox --items=a -- true", "wait x", "describe x", "logs x --index 0"] {
        run(&server, line).output().says(1, "", &[&refused]);
    }
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
}

#[test]
fn forbidden() {
    let server = Server::start();
    server.forbid("create", "jobs");
    let stderr = "Error from server (Forbidden): jobs.batch is forbidden: User \"u\" cannot create resource \"jobs\" in API \
                  group \"batch\" in the namespace \"default\"\n";
    let hint = ask_for_the_right("create", "jobs.batch");
    run(&server, CREATE).output().is(1, "", &format!("{stderr}{hint}"));
    assert!(server.jobs().is_empty());

    server.forbid("get", "jobs");
    let stderr =
        "Error from server (Forbidden): jobs.batch \"x\" is forbidden: User \"u\" cannot get resource \"jobs\"";
    for line in ["wait x", "describe x", "logs x --index 0"] {
        run(&server, line).output().says(1, "", &[stderr, &ask_for_the_right("get", "jobs.batch")]);
    }
}

#[test]
fn forbidden_to_create_config_maps_leaves_no_job() {
    let server = Server::start();
    server.forbid("create", "configmaps");
    let output = run(&server, "create x --image=busybox --items=a,b -- true").output();
    output.says(1, "", &["Error from server (Forbidden): configmaps is forbidden", "hint: "]);
    assert!(server.jobs().is_empty() && server.config_maps().is_empty());
}

#[test]
fn an_expired_token() {
    let server = Server::start();
    server.require_token("fresh");
    let stderr = "error: You must be logged in to the server (Unauthorized)\n\
                  hint: the credentials are missing or expired; log in again, then check with: kubectl auth whoami\n";
    for line in [CREATE, "wait x", "describe x", "logs x --index 0"] {
        run(&server, line).output().is(1, "", stderr);
    }
    assert!(server.jobs().is_empty());
    server.add_job("x", 1).complete();
    run(&server, "wait x --token=fresh").output().is(0, &condition_met("x"), "");
}

#[test]
fn a_server_that_fails_is_asked_again_when_reading() {
    let server = Server::start();
    server.add_job("x", 1).complete();
    for fault in [Fault::Code(503), Fault::Code(500), Fault::Code(504), Fault::RetryAfter(429, 1)] {
        server.clear_faults();
        server.fault(On::get("*/jobs/x").first(1), fault);
        run(&server, "describe x --show-events=false").output().ends_with_code(0);
    }
    server.clear_faults();
    server.fault(On::get("*/events").first(1), Fault::Cut);
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    assert!(output.text().ends_with("<none>\n"), "{}", output.text());
}

#[test]
fn an_answer_that_cannot_be_read_is_an_error() {
    let server = Server::start();
    server.add_job("x", 1);
    server.fault(On::get("*/jobs/x"), Fault::Malformed);
    run(&server, "describe x").output().says(1, "", &["error: the server's answer cannot be read"]);
}

#[test]
fn request_timeout_bounds_a_request() {
    let server = Server::start();
    server.add_job("x", 1);
    server.fault(On::any("*"), Fault::Hang);
    let start = Instant::now();
    for line in ["describe x --request-timeout=1s", "create y --image=i --completions=1 --request-timeout 1 -- true"] {
        run(&server, line).output().says(1, "", &["Unable to connect to the server: ", "hint: "]);
    }
    assert!(start.elapsed() < Duration::from_secs(8), "took {:?}", start.elapsed());
}

#[test]
fn flags_of_the_connection_arrive() {
    let server = Server::start();
    server.add_namespace("other");
    let line =
        "create x --image=busybox --completions=1 -n other --as=me --as-group=a --as-group=b --token=fresh -- true";
    run(&server, line).output().ends_with_code(0);
    assert_eq!(server.jobs()[0]["metadata"]["namespace"], "other");
    let post = &server.requests_to("POST", "*/namespaces/other/jobs")[0];
    assert_eq!(post.header("authorization"), "Bearer fresh");
    assert_eq!(post.header("impersonate-user"), "me");
    let groups: Vec<_> = post.headers.get_all("impersonate-group").iter().collect();
    assert_eq!(groups, ["a", "b"]);
    assert!(server.requests().iter().all(|request| request.header("authorization") == "Bearer fresh"));
}

#[test]
fn another_server_can_be_named() {
    let (one, two) = (Server::start(), Server::start());
    two.add_job("x", 1).complete();
    run(&one, "wait x --server").args([two.url()]).output().is(0, &condition_met("x"), "");
    assert!(one.requests().is_empty());
}

/// A proxy that leads to `server` and keeps the head of the first request of each connection.
fn forwarding(server: &Server) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let upstream = server.url().trim_start_matches("http://").to_owned();
    let (send, heads) = mpsc::channel();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = vec![0; 1 << 16];
            let length = client.read(&mut head).expect("a request");
            let mut server = TcpStream::connect(&upstream).expect("it listens");
            server.write_all(&head[..length]).expect("it reads");
            let (mut from, mut to) = (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let _ = send.send(String::from_utf8_lossy(&head[..length]).into_owned());
            let _ = std::io::copy(&mut server, &mut client);
        }
    });
    (address, heads)
}

#[test]
fn a_server_without_tls_is_reached_through_a_proxy_that_is_told_the_whole_address() {
    let server = Server::start();
    server.add_job("x", 1).complete();
    let (address, heads) = forwarding(&server);
    let line = "wait x --server http://api.example:8001 --token t0ken";
    let proxy = format!("http://user:pa%40ss@{address}");
    run(&server, line).env("HTTP_PROXY", &proxy).output().is(0, &condition_met("x"), "");
    let head = heads.recv().expect("it was asked").to_lowercase();
    assert!(head.starts_with("get http://api.example:8001/apis/batch/v1/namespaces/default/jobs/x"), "{head}");
    for line in ["host: api.example:8001", "proxy-authorization: basic dxnlcjpwyubzcw==", "authorization: bearer t0ken"]
    {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
    // Nobody listens there.
    let dead = run(&server, line).env("http_proxy", "127.0.0.1:1").output();
    dead.says(1, "", &["The connection to the server api.example:8001 was refused", "through the proxy 127.0.0.1:1"]);
}

#[test]
fn a_namespace_that_does_not_exist() {
    let server = Server::start();
    let output = run(&server, "create x --image=busybox --completions=1 -n nowhere -- true").output();
    output.says(1, "", &["Error from server (NotFound): namespaces \"nowhere\" not found\n", "hint: "]);
}

#[test]
fn warnings_of_the_server_are_shown_once() {
    let server = Server::start();
    server.warn("that is deprecated");
    let output = run(&server, "create x --image=busybox --items=a,b -- true").output();
    output.ends_with_code(0);
    assert_eq!(output.stderr.matches("Warning: that is deprecated\n").count(), 1, "{}", output.stderr);
}

#[test]
fn the_program_says_who_it_is() {
    let server = Server::start();
    run(&server, CREATE).output().ends_with_code(0);
    let name = format!("kubectl-indexedjob/{} (", env!("CARGO_PKG_VERSION"));
    for request in server.requests() {
        assert!(request.header("user-agent").starts_with(&name), "{}", request.header("user-agent"));
    }
}
