//! The menu bar colours a template image itself, in every appearance: there is nothing to follow.

use super::Appearance;

/// The menu bar takes the icon's shape and gives it its own colour.
pub const TRAY_ICON_IS_TEMPLATE: bool = true;

pub(super) async fn follow(tell: impl Fn(Appearance) + Send + Sync + 'static) {
    tell(Appearance::default());
    std::future::pending::<()>().await;
}
