//! The repository over HTTP on this computer: odd, slow and endless servers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use canteen_catalogue::{CatalogueClient, CatalogueError, FolderStore, Location, Patience, Snapshot};
use canteen_types::Coded as _;

use crate::house::{House, block_on, ids, start};

/// What the server does with the path that was asked for.
enum Answer {
    File(PathBuf),
    Status(&'static str),
    Redirect(&'static str),
    Silence,
    Endless,
}

/// Serves until the test ends. One thread per connection, because a silent one must not hold up the others.
fn serve(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/company/catalogue", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || drop(handle(stream.unwrap(), answer.as_ref())));
        }
    });
    address
}

fn handle(mut stream: TcpStream, answer: &(dyn Fn(&str) -> Answer + Send + Sync)) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().ok_or(std::io::ErrorKind::UnexpectedEof)??;
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches("/company/catalogue/").to_owned();
    match answer(&path) {
        Answer::File(file) => match fs_err::read(file) {
            Ok(bytes) => {
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", bytes.len())?;
                stream.write_all(&bytes)
            }
            Err(_) => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        },
        Answer::Status(status) => write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        Answer::Redirect(to) => {
            write!(stream, "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        }
        Answer::Silence => {
            // Until the client gives up.
            drop(std::io::copy(&mut stream, &mut std::io::sink()));
            Ok(())
        }
        Answer::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
            loop {
                write!(stream, "400\r\n{}\r\n", " ".repeat(0x400))?;
            }
        }
    }
}

fn refresh(house: &House, address: &str) -> Result<Snapshot, CatalogueError> {
    let root = fs_err::read(house.metadata("1.root.json")).unwrap();
    let store = Arc::new(FolderStore::new(&house.store()));
    let patience = Patience { silence: Duration::from_millis(200), ..Patience::default() };
    let location: Location = address.parse().unwrap();
    block_on(CatalogueClient::open_with(&location, root, store, patience)?.refresh(start()))
}

fn code(result: Result<Snapshot, CatalogueError>) -> &'static str {
    result.map(drop).unwrap_err().code()
}

#[test]
fn a_web_server_gives_the_same_catalogue_as_the_folder() {
    let house = House::open();
    let folder = house.folder();
    let address = serve(move |path| Answer::File(folder.join(path)));
    assert_eq!(ids(&refresh(&house, &address).unwrap()), ["one"]);
    assert_eq!(ids(&refresh(&house, &format!("{address}/")).unwrap()), ["one"], "with a slash at the end");
}

#[test]
fn forbidden_means_absent_as_object_stores_say_it() {
    let house = House::open();
    let folder = house.folder();
    let address = serve(move |path| {
        let file = folder.join(path);
        if file.is_file() { Answer::File(file) } else { Answer::Status("403 Forbidden") }
    });
    assert_eq!(ids(&refresh(&house, &address).unwrap()), ["one"]);
    let address = serve(|_| Answer::Status("403 Forbidden"));
    assert_eq!(code(refresh(&house, &address)), "catalogue.missing");
}

#[test]
fn other_answers_are_outages_and_the_last_good_one_stays() {
    let house = House::open();
    house.refresh().unwrap();
    for status in ["500 Internal Server Error", "503 Service Unavailable", "401 Unauthorized", "204 No Content"] {
        let address = serve(move |_| Answer::Status(status));
        assert_eq!(code(refresh(&house, &address)), "catalogue.unreachable", "{status}");
    }
    assert_eq!(house.last_good(), ["one"]);
}

#[test]
fn a_silent_server_is_given_up() {
    let house = House::open();
    let address = serve(|_| Answer::Silence);
    let error = refresh(&house, &address).unwrap_err();
    assert_eq!(error.code(), "catalogue.unreachable");
    assert!(error.to_string().contains("took too long"), "{error}");
}

#[test]
fn nobody_there_is_an_outage() {
    let house = House::open();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refresh(&house, &format!("http://{free}/")).unwrap_err();
    assert_eq!(error.code(), "catalogue.unreachable");
    assert!(!error.to_string().contains("127.0.0.1"), "no addresses in sentences: {error}");
}

#[test]
fn endless_data_is_cut_off() {
    let house = House::open();
    let folder = house.folder();
    let address = serve(move |path| match path {
        "metadata/timestamp.json" => Answer::Endless,
        _ => Answer::File(folder.join(path)),
    });
    assert_eq!(code(refresh(&house, &address)), "catalogue.too_large");
}

#[test]
fn a_redirect_may_not_leave_https() {
    let house = House::open();
    let address = serve(|_| Answer::Redirect("http://mirror.example/"));
    let error = refresh(&house, &address).unwrap_err();
    assert_eq!(error.code(), "catalogue.unreachable");
    assert!(error.to_string().contains("not allowed"), "{error}");
    let address = serve(|path| if path == "loop" { Answer::Status("200 OK") } else { Answer::Redirect("/company/catalogue/x") });
    assert_eq!(code(refresh(&house, &address)), "catalogue.unreachable", "round and round");
}
