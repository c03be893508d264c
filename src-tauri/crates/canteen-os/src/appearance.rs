#[cfg(target_os = "linux")]
#[path = "appearance/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "appearance/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "appearance/windows.rs"]
mod system;

pub use system::TRAY_ICON_IS_TEMPLATE;

/// What the desktop wants to look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourScheme {
    /// It does not say.
    #[default]
    Unknown,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How the desktop looks, as far as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// Light or dark.
    pub scheme: ColourScheme,
    /// The person asked for more contrast.
    pub high_contrast: bool,
}

/// Tells how the desktop looks now and whenever that changes. Waits for the system and never asks it again and again. Ends when
/// nothing more can be heard.
pub async fn follow_appearance(tell: impl Fn(Appearance) + Send + Sync + 'static) {
    system::follow(tell).await;
}
