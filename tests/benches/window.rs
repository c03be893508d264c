//! What the real window takes in its own web view: a large catalogue, and typing while an answer streams in. `make figures` runs it
//! with the programs of a release: `cargo bench -p canteen-tests --bench window -- FOLDER`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use canteen_dev::many::Many;
use canteen_dev::tiny_model::{TinyModel, Vocabulary};
use canteen_os::SystemClock;
use canteen_tests::{Home, Organisation, Parts, Programs, Window, eventually};
use canteen_types::Clock as _;

/// As many as a catalogue may have.
const ENTRIES: usize = 10_000;
/// Slow enough that it says some 80 tokens in a second, on a computer of the size that tests run on.
const LAYERS: u32 = 18;

/// From a key that was pressed to the picture that answers it.
const WATCH_KEYS: &str = "if (window.tookMs !== undefined) return;
    window.tookMs = [];
    document.addEventListener('keydown', (event) => requestAnimationFrame(() =>
        setTimeout(() => window.tookMs.push(performance.now() - event.timeStamp), 0)), true)";

/// From a change of the page's place to the picture of what was asked for there.
const SHOW: &str = "const [place, wanted, done] = arguments;
    const from = performance.now();
    location.hash = place;
    const look = () => document.querySelector(wanted) === null ? requestAnimationFrame(look)
        : requestAnimationFrame(() => setTimeout(() => done(performance.now() - from), 0));
    look()";

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo adds `--bench`.
    let given = std::env::args_os().skip(1).find(|argument| argument != "--bench");
    let programs = match given {
        Some(folder) => Programs::installed(&PathBuf::from(folder))?,
        None => Programs::find()?,
    };
    large_catalogue(&programs).await?;
    typing(&programs).await
}

#[expect(clippy::print_stdout, reason = "it is what this is for")]
fn say(what: &str, figure: &str) {
    println!("{what:<62} {figure}");
}

async fn large_catalogue(programs: &Programs) -> Result<()> {
    let mut home = Home::start_with(Parts::DESKTOP, programs.clone())?;
    home.set("LANG", "en_GB.UTF-8");
    Many { home: home.path("canteen"), entries: ENTRIES }.set_up(SystemClock.now())?;
    let window = Window::open(&home).await?;
    window.find("[aria-posinset]").await?;
    let first = window.client().execute("return performance.getEntriesByType('paint').at(-1)?.startTime", vec![]).await?;
    say("10,000 models: first contentful paint of the page (ms)", &whole(first.as_f64()));
    let mut shown = Vec::new();
    for _ in 0..5 {
        window.go("settings").await?;
        window.reads("Language").await?;
        let wanted = vec!["#/catalogue".into(), "[aria-posinset='1']".into()];
        shown.extend(window.client().execute_async(SHOW, wanted).await?.as_f64());
    }
    say("10,000 models: catalogue asked for, to paint (ms)", &spread(shown));
    window.find("input[type=search]").await?.click().await?;
    window.client().execute(WATCH_KEYS, vec![]).await?;
    let typed = "étude coder 12";
    home.display()?.keys("Canteen", &["type", "--delay", "250", "--args", "1", typed])?;
    say("10,000 models: key in the search, to paint (ms)", &spread(taken(&window, typed.len() - 1).await?));
    window.quit(&home).await
}

async fn typing(programs: &Programs) -> Result<()> {
    let mut home = Home::start_with(Parts::DESKTOP, programs.clone())?;
    home.set("LANG", "en_GB.UTF-8");
    let company = Organisation::found(&home)?;
    let file = company.mirror().join("slow.gguf");
    TinyModel { seed: 1, vocabulary: Vocabulary::Printable, layers: LAYERS }.write(&file)?;
    company.approve("tiny", &file, "name = \"Tiny model\"")?;
    company.publish()?;
    company.join(&home)?;
    let window = Window::open(&home).await?;
    window.press("Install").await?;
    window.press("Chat").await?;
    for draft in ["nothing streams in", "while an answer streams in"] {
        let streams = draft.starts_with("while");
        if streams {
            window.type_into("textarea", "Hello").await?;
            window.press("Send").await?;
            eventually("the answer to begin", || async { length(&window).await.map(|now| (now > 20).then_some(())) }).await?;
        }
        window.find("textarea").await?.click().await?;
        window.client().execute(WATCH_KEYS, vec![]).await?;
        let (from, before) = (SystemClock.monotonic(), length(&window).await?);
        let typed = "what is typed meanwhile shows up at once";
        home.display()?.keys("Canteen", &["type", "--delay", "100", "--args", "1", typed])?;
        let rate = f64::from(length(&window).await? - before) / (SystemClock.monotonic() - from).as_secs_f64();
        say(&format!("a key, to paint, {draft} (ms)"), &spread(taken(&window, typed.len()).await?));
        if streams {
            // Its tokens are letters.
            say("  tokens in a second meanwhile", &whole(Some(rate)));
        }
        window.client().execute("const field = document.querySelector('textarea'); field.select()", vec![]).await?;
        home.display()?.keys("Canteen", &["key", "BackSpace"])?;
    }
    window.press("Stop").await.ok();
    window.quit(&home).await
}

/// Letters of the answers in the window.
async fn length(window: &Window) -> Result<u32> {
    let text = window.client().execute("return document.querySelector('main').innerText.length", vec![]).await?;
    u32::try_from(text.as_u64().context("a length")?).context("a short text")
}

async fn taken(window: &Window, keys: usize) -> Result<Vec<f64>> {
    tokio::time::sleep(Duration::from_millis(500)).await;
    let taken = window.client().execute("return window.tookMs.splice(0)", vec![]).await?;
    let taken: Vec<f64> = serde_json::from_value(taken)?;
    anyhow::ensure!(taken.len() >= keys, "{} of {keys} keys arrived", taken.len());
    Ok(taken)
}

fn whole(figure: Option<f64>) -> String {
    figure.map_or_else(|| "not told".to_owned(), |figure| format!("{figure:.0}"))
}

fn spread(mut figures: Vec<f64>) -> String {
    figures.sort_by(f64::total_cmp);
    let at = |share: usize| whole(figures.get((figures.len() * share / 100).min(figures.len().saturating_sub(1))).copied());
    format!("p50 {}, p95 {}, longest {}, of {}", at(50), at(95), whole(figures.last().copied()), figures.len())
}
