//! Catalogue and weights over https, as in a company: an authority of its own that the system trusts, and a proxy on the way out.

use std::net::SocketAddr;

use canteen_app::wire::{Installation, Model, Status};
use canteen_tests::toxic::Toxic;
use canteen_tests::{Authority, Home, Organisation, Parts, Proxy, TlsFront, weights};

const CATALOGUE: &str = "catalogue.brightwater.test";
const MODELS: &str = "models.brightwater.test";

/// A company whose catalogue and weights lie on one web server.
struct Web {
    home: Home,
    company: Organisation,
    server: Toxic,
    authority: Authority,
    front: TlsFront,
}

impl Web {
    /// `names` stand in the server's certificate.
    fn open(names: &[&str]) -> Self {
        let home = Home::start(Parts::HEADLESS).unwrap();
        let company = Organisation::found(&home).unwrap();
        let authority = Authority::found().unwrap();
        let server = Toxic::start();
        let front = TlsFront::before(server.address(), &authority, names).unwrap();
        Self { home, company, server, authority, front }
    }

    /// Publishes one model with weights at `source`; the person belongs to the catalogue at `location`.
    fn publish(&self, source: &str, location: &str) {
        let model = weights::tiny(&self.company.mirror(), 1).unwrap();
        self.server.serve("/tiny.gguf", fs_err::read(&model).unwrap());
        self.company.approve_from("tiny", &model, &[source.to_owned()], "").unwrap();
        self.company.publish().unwrap();
        self.company.upload(&self.server).unwrap();
        self.company.join_at(&self.home, location).unwrap();
    }

    fn publish_here(&self) {
        self.publish(&self.front.url("/tiny.gguf"), &self.front.url("/catalogue"));
    }

    fn trust(&mut self) {
        self.home.set("SSL_CERT_FILE", self.authority.certificate());
    }

    fn installs(&self) {
        let _host = self.home.serve().unwrap();
        assert_eq!(self.models().len(), 1);
        self.home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
        assert_eq!(self.models()[0].installation, Installation::Installed);
    }

    fn models(&self) -> Vec<Model> {
        self.home.json(&["list"]).unwrap()
    }

    fn sync_says(&self, words: &str) {
        let said = self.home.canteen(["sync"]).unwrap();
        let text = said.refused("catalogue.unreachable").unwrap();
        assert!(text.contains(words), "{text}");
        let status: Status = self.home.json(&["status"]).unwrap();
        assert_eq!(status.catalogue.state, "none");
        assert!(status.catalogue.refused.unwrap().message.contains(words));
    }

    fn install_says(&self, code: &str, words: &str) {
        let said = self.home.canteen(["install", "tiny"]).unwrap();
        let text = said.refused(code).unwrap();
        assert!(text.contains(words), "{text}");
    }
}

/// A port where nobody listens.
fn nobody() -> SocketAddr {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

#[test]
fn an_authority_that_the_system_trusts_is_trusted() {
    let mut web = Web::open(&["localhost"]);
    web.publish_here();
    web.trust();
    web.installs();
}

#[test]
fn an_authority_that_the_system_does_not_trust_is_refused_in_plain_words() {
    let web = Web::open(&["localhost"]);
    web.publish_here();
    let mut host = web.home.serve().unwrap();
    web.sync_says("not from an authority that this computer trusts");
    assert_eq!(web.models(), []);
    web.home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());

    // The catalogue from a share, the weights still from there.
    web.company.join(&web.home).unwrap();
    let _host = web.home.serve().unwrap();
    web.install_says("library.source_refused", "not from an authority that this computer trusts");
    assert_eq!(web.server.asked(), [], "nothing was asked for before the server was trusted");
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let mut web = Web::open(&[CATALOGUE]);
    web.publish_here();
    web.trust();
    let _host = web.home.serve().unwrap();
    web.sync_says("certificate is for a server of another name");
}

#[test]
fn the_proxy_that_is_set_is_asked_for_catalogue_and_weights() {
    let mut web = Web::open(&[CATALOGUE, MODELS]);
    let proxy = Proxy::to(web.front.address()).unwrap();
    web.publish(&format!("https://{MODELS}/tiny.gguf"), &format!("https://{CATALOGUE}/catalogue"));
    web.trust();
    web.home.set("HTTPS_PROXY", proxy.url());
    web.installs();
    for name in [CATALOGUE, MODELS] {
        assert!(proxy.asked().contains(&format!("{name}:443")), "{:?}", proxy.asked());
    }
}

#[test]
fn what_is_excepted_from_the_proxy_is_reached_directly() {
    let mut web = Web::open(&["localhost"]);
    let proxy = Proxy::to(web.front.address()).unwrap();
    web.publish_here();
    web.trust();
    web.home.set("HTTPS_PROXY", proxy.url());
    web.home.set("NO_PROXY", "localhost,intranet.brightwater.test");
    web.installs();
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn a_proxy_that_does_not_answer_is_named() {
    let mut web = Web::open(&[CATALOGUE, MODELS]);
    let dead = nobody();
    web.publish(&format!("https://{MODELS}/tiny.gguf"), &format!("https://{CATALOGUE}/catalogue"));
    web.trust();
    // Its password is nobody's business.
    web.home.set("HTTPS_PROXY", format!("http://ada:secret@{dead}"));
    let words = format!("the proxy {dead}, which this computer is set to use");
    let mut host = web.home.serve().unwrap();
    web.sync_says(&words);
    web.home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());

    web.company.join(&web.home).unwrap();
    let _host = web.home.serve().unwrap();
    web.install_says("library.source_gone", &words);
    let log = fs_err::read_to_string(web.home.path("logs/serve")).unwrap();
    assert!(!log.contains("secret"), "{log}");
}
