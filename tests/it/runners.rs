//! What is known about programs that run models: pushed by IT to a running host, and used to ask servers on this computer.

use std::path::Path;
use std::process::Stdio;

use canteen_app::call::Call;
use canteen_app::client;
use canteen_app::wire::{AskedServer, AskingServers, Computer, SettingsChange, SettingsPage, Sighting};
use canteen_tests::{Home, Organisation, Parts, Running, engines, eventually, until, weights};
use canteen_types::{Signal, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Log {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    text: String,
}

fn joined() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    (home, company)
}

fn publish(company: &Organisation, signatures: &str) {
    let file = company.path().with_extension("toml");
    fs_err::write(&file, signatures).unwrap();
    let folder = company.path();
    company.admin(["signatures".as_ref(), "set".as_ref(), folder.as_os_str(), file.as_os_str()]).unwrap().succeeded().unwrap();
    company.publish().unwrap();
}

fn computer(home: &Home) -> Computer {
    home.json(&["scan"]).unwrap()
}

/// The sighting at this path, once `wanted` holds of it.
fn sighting(home: &Home, path: &str, wanted: impl Fn(&Sighting) -> bool) -> Sighting {
    until(path, || computer(home).sightings.into_iter().find(|one| one.path == path && wanted(one))).unwrap()
}

/// Events of the log of this kind, as they are stored.
fn log(home: &Home, kind: &str) -> Vec<String> {
    let log: Log = home.json(&["log", "--kind", kind, "--limit", "1000"]).unwrap();
    log.rows.into_iter().map(|row| row.text).collect()
}

/// How often the log says that a server at this port was asked, or answered.
fn about(home: &Home, kind: &str, port: u16) -> usize {
    let port = format!(" at port {port} ");
    log(home, kind).iter().filter(|text| text.contains(&port)).count()
}

/// A program of the person's that maps these weights where it is given some, waits at a port, and answers as `pages` say. Gives the
/// port, and writes down what it was asked.
fn server(home: &Home, name: &str, (weights, pages): (Option<&Path>, &str)) -> (Running, u16) {
    const SCRIPT: &str = r#"
import http.server, json, mmap, sys
pages, weights = json.loads(sys.argv[1]), sys.argv[2]
file = open(weights, "rb") if weights else None
held = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) if file else None
class Page(http.server.BaseHTTPRequestHandler):
    server_version = pages.get("server", "notes")
    sys_version = ""
    def do_GET(self):
        print("asked", self.command, self.path, flush=True)
        body = pages.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write((body or "").encode())
    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print("port", server.server_address[1], "port", flush=True)
server.serve_forever()
"#;
    let mut command = home.command("python3");
    command.args(["-c", SCRIPT, pages]).arg(weights.unwrap_or(Path::new(""))).stdin(Stdio::null());
    let running = Running::start(&mut command, home.path(&format!("logs/{name}.log")), "python").unwrap();
    let port = until("its port", || running.said().split("port ").nth(1)?.split(' ').next()?.trim().parse().ok()).unwrap();
    (running, port)
}

fn asked(home: &Home, port: u16) -> Option<AskedServer> {
    computer(home).asked.into_iter().find(|one| one.port == port)
}

const ACME: &str = "format = 1\nversion = 5\n[[runner]]\nid = \"acme\"\nname = \"Acme Runner\"\nsource = \"its manual\"\n";

#[test]
fn a_running_host_looks_where_new_signatures_say_and_lists_what_they_only_list() {
    let (home, company) = joined();
    let _host = home.serve().unwrap();
    // Not below the home folder, which is looked through anyhow.
    let store = home.path("acme/store");
    let (model, supplied) = (store.join("weights.bin"), store.join("supplied/a.bin"));
    engines::altered(&weights::smollm2().unwrap(), &model).unwrap();
    engines::altered(&weights::smollm2().unwrap(), &supplied).unwrap();
    let before = computer(&home);
    assert_eq!(before.runners.organisation, None);
    assert!(!before.sightings.iter().any(|one| one.path.contains("acme/store")), "nobody knows that place");

    let shown = store.display();
    let place = format!("[[runner.store]]\nlinux = [\"{shown}\"]\n");
    let listed =
        format!("[[inventory]]\nid = \"acme\"\nname = \"Supplied by Acme\"\nsource = \"x\"\nlinux = [\"{shown}/supplied\"]\n");
    publish(&company, &format!("{ACME}{place}{listed}"));
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    let seen = sighting(&home, &format!("{shown}/weights.bin"), |one| one.verdict.is_some());
    assert_eq!(seen.found_in, "Acme Runner");
    let listed = sighting(&home, &format!("{shown}/supplied/a.bin"), |one| one.verdict.is_some());
    assert_eq!(listed.verdict, Some(Verdict::InventoryOnly));
    assert!(listed.evidence.iter().any(|one| one.code.as_deref() == Some("content.listed")), "{:?}", listed.evidence);
    let now = computer(&home);
    assert_eq!(now.runners.organisation, Some(5));
    assert!(now.watched.iter().any(|name| name == "Acme Runner"));
    assert_eq!(log(&home, "signatures.accepted").len(), 1);
}

#[test]
fn the_server_of_a_program_that_holds_weights_is_asked_once_and_says_what_it_is() {
    let (home, _company) = joined();
    let mut host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let pages = r#"{"server": "llama.cpp", "/v1/models": "{\"data\":[{\"id\":\"secret-name\"}]}"}"#;
    let (mut running, port) = server(&home, "server", (Some(&private), pages));
    let answered = |one: &Sighting| one.evidence.iter().any(|one| one.code.as_deref() == Some("server.answers_model"));
    let seen = sighting(&home, "~/Downloads/weights.gguf", answered);
    let evidence = seen.evidence.iter().find(|one| one.code.as_deref() == Some("server.answers_model")).unwrap();
    assert_eq!((evidence.fields["product"].as_str(), evidence.fields["model"].as_str()), ("llama.cpp", "secret-name"));
    assert_eq!(evidence.signal, Some(Signal::Port));
    let listed = asked(&home, port).unwrap();
    assert_eq!(
        (listed.product.as_deref(), listed.questions.as_slice()),
        (Some("llama.cpp"), ["/v1/models".into(), "/props".into()].as_slice())
    );
    assert_eq!((about(&home, "server.asked", port), about(&home, "server.answered", port)), (1, 1));

    // Neither another look nor another host of the same person asks it again.
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    let _host = home.serve().unwrap();
    sighting(&home, "~/Downloads/weights.gguf", |one| one.holder.is_some());
    computer(&home);
    assert_eq!(about(&home, "server.asked", port), 1);
    assert!(running.said().lines().filter(|line| line.starts_with("asked")).all(|line| line.starts_with("asked GET ")));
    running.kill().unwrap();
}

#[test]
fn who_forwards_to_another_computer_is_listed_and_is_no_model_here() {
    let (home, company) = joined();
    let cloud = r#"{\"models\":[{\"name\":\"big:cloud\",\"remote_host\":\"https://models.example:443\"}]}"#;
    let pages = format!(r#"{{"/": "Ollama is running", "/api/ps": "{{\"models\":[]}}", "/api/tags": "{cloud}"}}"#);
    let (mut running, port) = server(&home, "cloud", (None, &pages));
    // At the port where IT says that Ollama waits here, it is asked at once.
    publish(&company, &format!("{}ports = [{port}]\n", ACME.replace("acme", "ollama")));
    let _host = home.serve().unwrap();
    let listed = until("the answer", || asked(&home, port)).unwrap();
    assert_eq!((listed.product.as_deref(), listed.only_forwards), (Some("Ollama"), true));
    assert_eq!(listed.forwards_to.as_deref(), Some("https://models.example:443"));
    assert_eq!(about(&home, "server.asked", port), 1);
    let said = home.canteen(["scan"]).unwrap();
    assert!(said.succeeded().unwrap().contains("forwards to another computer, https://models.example:443"), "{said:?}");
    let python = |one: &Sighting| one.holder.as_deref().is_some_and(|holder| holder.starts_with("python"));
    assert!(!computer(&home).sightings.iter().any(|one| one.path.starts_with("~/") && python(one)), "no weights, no model");
    running.kill().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_where_the_organisation_or_the_person_does_not_want_it() {
    for by in [AskingServers::OffByPolicy, AskingServers::OffByPerson] {
        let (home, company) = joined();
        if by == AskingServers::OffByPolicy {
            let folder = company.path();
            let rule = ["policy".as_ref(), "set".as_ref(), folder.as_os_str(), "--ask-servers".as_ref(), "false".as_ref()];
            company.admin(rule).unwrap().succeeded().unwrap();
            company.publish().unwrap();
        }
        let _host = home.serve().unwrap();
        if by == AskingServers::OffByPerson {
            let environment = home.environment();
            let mut face = eventually("a host that answers", || client::connect(&environment)).await.unwrap();
            let change = SettingsChange { ask_servers: Some(false), ..SettingsChange::default() };
            face.call::<SettingsPage>(Call::ChangeSettings(change)).await.unwrap();
        }
        let private = home.downloads().join("weights.gguf");
        engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
        let (mut running, port) = server(&home, "server", (Some(&private), r#"{"server": "llama.cpp"}"#));
        let waits = |one: &Sighting| one.evidence.iter().any(|one| one.code.as_deref() == Some("holder.waits"));
        sighting(&home, "~/Downloads/weights.gguf", waits);
        let now = computer(&home);
        assert_eq!((now.asking, now.asked.len()), (by, 0));
        assert_eq!(about(&home, "server.asked", port), 0);
        running.kill().unwrap();
    }
}
