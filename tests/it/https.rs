//! The catalogue and its models over the company's network: a private authority, a proxy, and neither.

use canteen_app::wire::{Installation, Model};
use canteen_tests::https::{self, Authority, HOST, Proxy};
use canteen_tests::{Home, Organisation, Parts, weights};

/// A company whose catalogue and model are had from `https://HOST:PORT` alone.
struct Company {
    home: Home,
    authority: Authority,
    server: std::net::SocketAddr,
    _organisation: Organisation,
}

fn company(host: &str) -> Company {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let organisation = Organisation::found(&home).unwrap();
    let authority = Authority::found().unwrap();
    let model = weights::tiny(&organisation.mirror(), 1).unwrap();
    // The mirror and the repository lie side by side, as on a web server.
    let web = organisation.path().parent().unwrap().to_owned();
    let server = https::serve(&web, &authority).unwrap();
    let base = format!("https://{host}:{}", server.port());
    organisation.approve_from("tiny", &model, &[format!("{base}/mirror/tiny-1.gguf")], "").unwrap();
    organisation.publish().unwrap();
    organisation.join_at(&home, &format!("{base}/company/repository")).unwrap();
    Company { home, authority, server, _organisation: organisation }
}

fn installs(home: &Home) {
    let _host = home.serve().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let models: Vec<Model> = home.json(&["list"]).unwrap();
    assert!(matches!(models.as_slice(), [model] if model.installation == Installation::Installed), "{models:?}");
}

#[test]
fn an_authority_that_the_system_trusts_is_trusted() {
    let mut company = company("127.0.0.1");
    let certificate = company.authority.certificate();
    company.home.set("SSL_CERT_FILE", certificate);
    installs(&company.home);
}

#[test]
fn a_server_that_the_system_does_not_trust_is_refused_with_a_reason() {
    let company = company("127.0.0.1");
    let _host = company.home.serve().unwrap();
    let said = company.home.canteen(["sync"]).unwrap();
    let sentence = said.refused("catalogue.unreachable").unwrap();
    assert!(sentence.contains("certificate"), "{sentence}");
}

#[test]
fn a_proxy_is_the_way_out_where_there_is_one() {
    let mut company = company(HOST);
    let (certificate, proxy) = (company.authority.certificate(), Proxy::start(company.server).unwrap());
    company.home.set("SSL_CERT_FILE", certificate);
    company.home.set("HTTPS_PROXY", proxy.url());
    installs(&company.home);
    let asked = proxy.asked();
    let server = format!("{HOST}:{}", company.server.port());
    assert!(asked.len() >= 2 && asked.iter().all(|asked| *asked == server), "{asked:?}");
}

#[test]
fn a_place_that_needs_no_proxy_is_reached_without() {
    let mut company = company("127.0.0.1");
    let (certificate, proxy) = (company.authority.certificate(), Proxy::start(company.server).unwrap());
    company.home.set("SSL_CERT_FILE", certificate);
    company.home.set("HTTPS_PROXY", proxy.url());
    company.home.set("NO_PROXY", "127.0.0.1");
    installs(&company.home);
    assert!(proxy.asked().is_empty(), "{proxy:?}");
}

#[test]
fn a_proxy_that_is_down_is_said() {
    let mut company = company(HOST);
    let certificate = company.authority.certificate();
    company.home.set("SSL_CERT_FILE", certificate);
    company.home.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let _host = company.home.serve().unwrap();
    let said = company.home.canteen(["sync"]).unwrap();
    let sentence = said.refused("catalogue.unreachable").unwrap();
    assert!(sentence.to_lowercase().contains("proxy"), "{sentence}");
}
