use std::path::Path;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::{Home, Running, eventually};

/// The first steps of a new window.
const FIRST_STEPS: &str = "section[aria-labelledby='first-start-title']";

/// The real window of the real app, driven as a person would: find, press, type, read.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Running,
}

impl Window {
    /// Starts the app through WebKit's driver, and waits until its window has painted. The first steps are skipped, as most people
    /// do; [`Window::open_fresh`] leaves them.
    ///
    /// # Errors
    /// When the home has no display, or the window does not come.
    pub async fn open(home: &Home) -> Result<Self> {
        Self::open_with(home, &[]).await
    }

    /// As [`Window::open`], with arguments for the app.
    ///
    /// # Errors
    /// As [`Window::open`].
    pub async fn open_with(home: &Home, arguments: &[&str]) -> Result<Self> {
        let window = Self::open_fresh(home, arguments).await?;
        if window.client.find(Locator::Css(FIRST_STEPS)).await.is_ok() {
            window.find(&format!("{FIRST_STEPS} footer button")).await?.click().await?;
            eventually("the first steps to go", || async {
                match window.client.find(Locator::Css(FIRST_STEPS)).await {
                    Ok(_) => Ok(None),
                    Err(error) if error.is_no_such_element() => Ok(Some(())),
                    Err(error) => Err(error),
                }
            })
            .await?;
        }
        Ok(window)
    }

    /// As [`Window::open_with`], at whatever the window begins with.
    ///
    /// # Errors
    /// As [`Window::open`].
    pub async fn open_fresh(home: &Home, arguments: &[&str]) -> Result<Self> {
        home.display()?;
        let port = free_port()?;
        let mut command = home.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Running::start(&mut command, home.path("logs/window"), "webkit2gtk-driver")?;
        eventually("WebKitWebDriver", || async { tokio::net::TcpStream::connect(("127.0.0.1", port)).await.map(Some) }).await?;
        let binary = home.programs().path("canteen-desktop");
        let options = json!({ "binary": binary, "args": arguments });
        let capabilities = serde_json::Map::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| format!("the app did not open its window: {}", driver.said()))?;
        let window = Self { client, driver };
        window.text("h1").await?;
        Ok(window)
    }

    /// The driver's client, for what this type does not offer.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What app and driver wrote.
    #[must_use]
    pub fn said(&self) -> String {
        self.driver.said()
    }

    /// Waits for the first element that this CSS selector finds.
    ///
    /// # Errors
    /// When none comes; says what the page shows.
    pub async fn find(&self, css: &str) -> Result<Element> {
        self.locate(css, Locator::Css(css)).await
    }

    /// Waits for a button or link with this text, however it is spaced.
    ///
    /// # Errors
    /// When none comes; says what the page shows.
    pub async fn button(&self, label: &str) -> Result<Element> {
        let path = format!(
            "//*[self::button or self::a or @role='button' or @role='menuitem' or @role='tab'][normalize-space(.)={label} or @aria-label={label}]",
            label = quoted(label)
        );
        self.locate(&format!("a button “{label}”"), Locator::XPath(&path)).await
    }

    async fn locate(&self, what: &str, locator: Locator<'_>) -> Result<Element> {
        let found = eventually(&format!("{what} in the window"), || async {
            match self.client.find(locator).await {
                Ok(element) => Ok(Some(element)),
                Err(error) if error.is_no_such_element() => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => Err(error.context(format!("the window shows: {}", self.whole_text().await.unwrap_or_default()))),
        }
    }

    /// Presses the button with this text.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press(&self, label: &str) -> Result<()> {
        Ok(self.button(label).await?.click().await?)
    }

    /// Presses the label of a radio button or a box, where the field itself cannot be seen.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press_label(&self, label: &str) -> Result<()> {
        let path = format!("//label[normalize-space(.)={}]", quoted(label));
        Ok(self.locate(&format!("a label “{label}”"), Locator::XPath(&path)).await?.click().await?)
    }

    /// Types into the first element that this CSS selector finds.
    ///
    /// # Errors
    /// When there is none.
    pub async fn type_into(&self, css: &str, text: &str) -> Result<()> {
        Ok(self.find(css).await?.send_keys(text).await?)
    }

    /// Goes to a place in the window, as a link would: `model/tiny`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn go(&self, place: &str) -> Result<()> {
        self.client.execute("location.hash = `#/${arguments[0]}`", vec![json!(place)]).await?;
        Ok(())
    }

    /// Presses keys one after the other, wherever the focus is; those before the last are held until the end: `[CTRL, 'k']`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn keys(&self, keys: &[char]) -> Result<()> {
        let down = keys.iter().fold(KeyActions::new("keyboard".to_owned()), |all, key| all.then(KeyAction::Down { value: *key }));
        let all = keys.iter().rev().fold(down, |all, key| all.then(KeyAction::Up { value: *key }));
        Ok(self.client.perform_actions(all).await?)
    }

    /// Types text into whatever has the focus.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn types(&self, text: &str) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(text).await?)
    }

    /// What a screen reader would call the element that has the focus: its label or text.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn focused(&self) -> Result<String> {
        let script = "const at = document.activeElement; return at.getAttribute('aria-label') ?? at.innerText ?? ''";
        let name = self.client.execute(script, vec![]).await?;
        Ok(name.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Faults of accessibility (WCAG 2.x A and AA) that axe finds in what is shown, with the place of each.
    ///
    /// # Errors
    /// When the npm packages are not installed, or the window is gone.
    pub async fn axe(&self) -> Result<Vec<String>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs_err::read_to_string(script).context("axe comes with the npm packages: make test installs them")?;
        self.client.execute(&axe, vec![]).await?;
        let run = "const done = arguments[0];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
              .then((found) => done({ passed: found.passes.length,
                faults: found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(' ')).join(', ')}`) }))
              .catch((fault) => done({ passed: 0, faults: [String(fault)] }))";
        let found = self.client.execute_async(run, vec![]).await?;
        let passed = found.get("passed").and_then(serde_json::Value::as_u64).unwrap_or_default();
        ensure!(passed > 0, "axe looked at nothing: {found}");
        Ok(serde_json::from_value(found.get("faults").context("faults that axe found")?.clone())?)
    }

    /// The text of the first element that this CSS selector finds, once it has some.
    ///
    /// # Errors
    /// When none comes.
    pub async fn text(&self, css: &str) -> Result<String> {
        let what = format!("text in {css}");
        eventually(&what, || async {
            let text = self.client.find(Locator::Css(css)).await?.text().await?;
            Ok::<_, anyhow::Error>((!text.trim().is_empty()).then_some(text))
        })
        .await
    }

    /// Waits until this text stands anywhere in the window.
    ///
    /// # Errors
    /// When it does not come; says what stands there.
    pub async fn reads(&self, text: &str) -> Result<()> {
        let seen = eventually(&format!("“{text}” in the window"), || async {
            self.whole_text().await.map(|whole| whole.contains(text).then_some(()))
        })
        .await;
        match seen {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("the window shows: {}", self.whole_text().await?))),
        }
    }

    /// Everything that a person can read in it.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn whole_text(&self) -> Result<String> {
        let text = self.client.execute("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Ends the app's own way (`canteen quit`) and the driver after it: a driver that kills it would leave the tray behind.
    ///
    /// # Errors
    /// When the host does not quit.
    pub async fn quit(self, home: &Home) -> Result<()> {
        home.canteen(["quit"])?.succeeded()?;
        // The window is gone by now, so the driver may only say that.
        drop(tokio::time::timeout(std::time::Duration::from_secs(5), self.client.close()).await);
        Ok(())
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// As a string of XPath 1.0, which has no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
