//! The main job in the real window: install, chat, read the answer, be nudged, take the approved model.

use canteen_tests::{Home, Notes, Organisation, Parts, TrayHost, Window, engines, weights};

#[tokio::test(flavor = "multi_thread")]
async fn install_chat_nudge_and_the_approved_chat_opens() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let tray = TrayHost::start(&home).await.unwrap();
    let notes = Notes::of(&home).await.unwrap();
    let window = Window::open(&home).await.unwrap();

    window.press("Install").await.unwrap();
    window.press("Chat").await.unwrap();
    window.type_into("textarea", "What is the capital of France?").await.unwrap();
    window.press("Send").await.unwrap();
    window.reads("Paris").await.unwrap();
    window.reads("tok/s").await.unwrap();
    let item = tray.item().await.unwrap();
    item.line("the running model in the tray", |label| label == "Stop SmolLM2").await.unwrap();
    item.press("Stop SmolLM2").await.unwrap();
    item.line("that nothing runs", |label| label == "Canteen · nothing running").await.unwrap();

    let private = home.downloads().join("holiday.bin");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "photo-viewer").unwrap();
    let note = notes.wait("the nudge", |note| note.title.ends_with("is an altered copy of SmolLM2")).await.unwrap();
    item.line("the tray to ask for attention", |label| label == "1 thing needs your attention").await.unwrap();
    item.press(&note.title).await.unwrap();
    window.reads("photo-viewer is running it").await.unwrap();
    notes.press(&note, "Use SmolLM2").await.unwrap();
    window.reads("Running on this computer").await.unwrap();
    item.line("the approved model in the tray", |label| label == "Stop SmolLM2").await.unwrap();
    server.kill().unwrap();
    window.quit(&home).await.unwrap();
}
