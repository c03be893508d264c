//! The settings portal (freedesktop.org, `org.freedesktop.portal.Settings`), which every larger desktop answers.

use futures_util::StreamExt;
use zbus::{Connection, OwnedVariant, Proxy, Variant};

use super::{Appearance, ColourScheme};

/// Panels here show an icon as it is.
pub const TRAY_ICON_IS_TEMPLATE: bool = false;

const SERVICE: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.Settings";
const NAMESPACE: &str = "org.freedesktop.appearance";
const SCHEME: &str = "color-scheme";
const CONTRAST: &str = "contrast";

pub(super) async fn follow(tell: impl Fn(Appearance) + Send + Sync + 'static) {
    if let Err(error) = listen(tell).await {
        tracing::info!(%error, "the desktop does not say whether it is light or dark");
    }
}

async fn listen(tell: impl Fn(Appearance) + Send + Sync) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let portal = Proxy::new(&connection, SERVICE, PATH, INTERFACE).await?;
    // Before the first look, so that no change falls in between. Heard also from a portal that starts later.
    let mut changes = portal.receive_signal("SettingChanged").await?;
    let mut appearance = Appearance::default();
    for key in [SCHEME, CONTRAST] {
        match portal.call::<_, _, OwnedVariant>("Read", &(NAMESPACE, key)).await {
            Ok(value) => take(&mut appearance, key, value),
            Err(error) => tracing::debug!(%error, key, "the settings portal does not know it"),
        }
    }
    tell(appearance);
    while let Some(change) = changes.next().await {
        let Ok((namespace, key, value)) = change.body().deserialize::<(String, String, OwnedVariant)>() else { continue };
        if namespace == NAMESPACE {
            let before = appearance;
            take(&mut appearance, &key, value);
            if appearance != before {
                tell(appearance);
            }
        }
    }
    Ok(())
}

fn take(appearance: &mut Appearance, key: &str, value: OwnedVariant) {
    let Some(number) = number(Variant::from(value)) else { return };
    match key {
        // 0: no preference.
        SCHEME => {
            appearance.scheme = match number {
                1 => ColourScheme::Dark,
                2 => ColourScheme::Light,
                _ => ColourScheme::Unknown,
            };
        }
        CONTRAST => appearance.high_contrast = number == 1,
        _ => {}
    }
}

/// `Read` wraps the value twice, the signal once.
#[expect(clippy::wildcard_enum_match_arm, reason = "any other type is as good as no answer")]
fn number(value: Variant<'_>) -> Option<u32> {
    match value {
        Variant::U32(number) => Some(number),
        Variant::Variant(inner) => number(*inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_portal_says_is_understood_however_it_is_wrapped() {
        let mut appearance = Appearance::default();
        for (key, value, expected) in [
            (SCHEME, Variant::U32(1), (ColourScheme::Dark, false)),
            (SCHEME, Variant::Variant(Box::new(Variant::U32(2))), (ColourScheme::Light, false)),
            (CONTRAST, Variant::Variant(Box::new(Variant::Variant(Box::new(Variant::U32(1))))), (ColourScheme::Light, true)),
            (SCHEME, Variant::from("dark"), (ColourScheme::Light, true)),
            ("accent-color", Variant::U32(1), (ColourScheme::Light, true)),
            (SCHEME, Variant::U32(0), (ColourScheme::Unknown, true)),
        ] {
            take(&mut appearance, key, value.try_to_owned().unwrap());
            assert_eq!((appearance.scheme, appearance.high_contrast), expected, "{key}");
        }
    }
}
