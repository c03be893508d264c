//! What was deleted and could still be undone when the window goes: it is deleted, whichever way the window went.

use canteen_app::call::Call;
use canteen_app::client;
use canteen_app::wire::{ConversationLine, Status};
use canteen_tests::{Home, Organisation, Parts, TrayHost, Window, eventually, until};

async fn conversations(home: &Home) -> Vec<ConversationLine> {
    let mut client = client::connect_or_start(&home.environment()).await.unwrap();
    client.call(Call::ListConversations).await.unwrap()
}

/// A window in which a conversation was deleted a moment ago, with the undo still on offer.
async fn deleted(home: &Home) -> Window {
    let window = Window::open(home).await.unwrap();
    window.reads("Tiny model").await.unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["run", "tiny", "Hello"]).unwrap().succeeded().unwrap();
    assert_eq!(conversations(home).await.len(), 1);
    window.go("chat").await.unwrap();
    window.press("Actions for “Hello”").await.unwrap();
    window.press("Delete").await.unwrap();
    window.button("Undo").await.unwrap();
    assert_eq!(conversations(home).await.len(), 1, "held back as long as it can be undone");
    window
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_was_deleted_stays_deleted_when_the_window_is_closed() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let _tray = TrayHost::start(&home).await.unwrap();
    let window = deleted(&home).await;
    let display = home.display().unwrap();
    display.close_window("Canteen").unwrap();
    until("the window to go", || (!display.windows().unwrap().contains(&"Canteen".to_owned())).then_some(())).unwrap();
    eventually("the conversation to be deleted", || async {
        Ok::<_, anyhow::Error>(conversations(&home).await.is_empty().then_some(()))
    })
    .await
    .unwrap();
    window.quit(&home).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_was_deleted_stays_deleted_when_the_app_quits() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let _tray = TrayHost::start(&home).await.unwrap();
    let window = deleted(&home).await;
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    until("the next host", || home.json::<Status>(&["status"]).ok().filter(|status| status.host == "headless")).unwrap();
    assert_eq!(conversations(&home).await, []);
    // Not before: the driver that ends takes the page from the window.
    window.quit(&home).await.unwrap();
}
