//! The window is destroyed when it closes, whole: opening and closing it all day takes nothing.

use canteen_tests::{Home, Organisation, Parts, TrayHost, memory, until};

/// Opened and closed before anything is compared: libraries, fonts and caches come once.
const WARM_UP: usize = 4;
const CYCLES: usize = 24;
/// One web view that stayed would take more than this, in MiB.
const MOST_GROWTH: u64 = 64;

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_closing_the_window_24_times_takes_nothing() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let tray = TrayHost::start(&home).await.unwrap();
    let mut app = home.desktop(["--hidden"]).unwrap();
    let item = tray.item().await.unwrap();
    item.line("the open store", |label| label == "Open catalogue").await.unwrap();
    let display = home.display().unwrap();
    let shows = || display.windows().unwrap().contains(&"Canteen".to_owned());
    let draws = || memory::tree(app.pid()).unwrap().names().iter().any(|name| name.starts_with("WebKitWebProc"));
    let (mut warm, mut after) = (0, 0);
    for cycle in 1..=CYCLES {
        item.press("Open catalogue").await.unwrap();
        until("the window", || (shows() && draws()).then_some(())).unwrap();
        until("the page to be painted", || display.colours().ok().filter(|colours| *colours > 50)).unwrap();
        display.close_window("Canteen").unwrap();
        until("the window to go", || (!shows()).then_some(())).unwrap();
        // The process that draws a page ends with it, a moment later.
        until("the web process to end", || (!draws()).then_some(())).unwrap();
        after = memory::tree(app.pid()).unwrap().memory().unwrap();
        if cycle == WARM_UP {
            warm = after;
        }
    }
    assert!(after <= warm + MOST_GROWTH, "{warm} MiB after {WARM_UP} cycles, {after} MiB after {CYCLES}");
    println!("{warm} MiB after {WARM_UP} cycles, {after} MiB after {CYCLES}");
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}
