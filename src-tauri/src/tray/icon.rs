//! The icon's pictures: six states in four looks, drawn by `make icons`.

use canteen_os::{Appearance, ColourScheme};
use tauri::image::Image;

use super::view::Icon;

/// Which drawing suits the ground that the icon stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// Coloured plates; also where nobody says what the ground is like, for they stand out on any.
    #[default]
    OnLight,
    /// Coloured plates, brighter.
    OnDark,
    /// One colour, dark: for more contrast, and where the system colours the shape itself.
    Ink,
    /// One colour, light.
    Chalk,
}

impl Look {
    pub(crate) const fn of(appearance: Appearance, template: bool) -> Self {
        match (appearance.scheme, appearance.high_contrast) {
            _ if template => Self::Ink,
            (ColourScheme::Light, true) => Self::Ink,
            (ColourScheme::Dark, true) => Self::Chalk,
            (ColourScheme::Dark, false) => Self::OnDark,
            (ColourScheme::Light, false) | (ColourScheme::Unknown, _) => Self::OnLight,
        }
    }
}

macro_rules! drawn {
    ($look:literal, $icon:expr) => {
        match $icon {
            Icon::Idle => include_bytes!(concat!("../../../icons/tray/", $look, "/idle.png")).as_slice(),
            Icon::Running => include_bytes!(concat!("../../../icons/tray/", $look, "/running.png")),
            Icon::Attention => include_bytes!(concat!("../../../icons/tray/", $look, "/attention.png")),
            Icon::Paused => include_bytes!(concat!("../../../icons/tray/", $look, "/paused.png")),
            Icon::Stale => include_bytes!(concat!("../../../icons/tray/", $look, "/stale.png")),
            Icon::Offline => include_bytes!(concat!("../../../icons/tray/", $look, "/offline.png")),
        }
    };
}

pub(crate) fn picture(icon: Icon, look: Look) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match look {
        Look::OnLight => drawn!("on-light", icon),
        Look::OnDark => drawn!("on-dark", icon),
        Look::Ink => drawn!("ink", icon),
        Look::Chalk => drawn!("chalk", icon),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICONS: [Icon; 6] = [Icon::Idle, Icon::Running, Icon::Attention, Icon::Paused, Icon::Stale, Icon::Offline];

    #[test]
    fn the_look_follows_the_desktop() {
        let look = |scheme, high_contrast| Look::of(Appearance { scheme, high_contrast }, false);
        assert_eq!(look(ColourScheme::Unknown, false), Look::OnLight);
        assert_eq!(look(ColourScheme::Light, false), Look::OnLight);
        assert_eq!(look(ColourScheme::Dark, false), Look::OnDark);
        assert_eq!(look(ColourScheme::Light, true), Look::Ink);
        assert_eq!(look(ColourScheme::Dark, true), Look::Chalk);
        assert_eq!(Look::of(Appearance { scheme: ColourScheme::Dark, high_contrast: true }, true), Look::Ink);
    }

    /// In one colour only the shape is left: how opaque each point is must differ between any two states.
    #[test]
    fn states_differ_by_shape_alone() {
        for look in [Look::Ink, Look::Chalk] {
            let shapes = ICONS.map(|icon| {
                let picture = picture(icon, look).unwrap();
                assert_eq!((picture.width(), picture.height()), (44, 44));
                picture.rgba().chunks_exact(4).map(|point| point[3] > 127).collect::<Vec<_>>()
            });
            for (index, one) in shapes.iter().enumerate() {
                for other in &shapes[index + 1..] {
                    let differ = one.iter().zip(other).filter(|(one, other)| one != other).count();
                    assert!(differ > 60, "{look:?}: two states differ in {differ} of 1936 points");
                }
            }
        }
    }

    /// Mark and plate must be told apart (WCAG 2.2, 1.4.11: 3 to 1), and the plate from its ground.
    #[test]
    fn colours_have_contrast() {
        let luminance = |point: &[u8]| {
            let linear = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(point[0]) + 0.7152 * linear(point[1]) + 0.0722 * linear(point[2])
        };
        let contrast = |one: f64, other: f64| (one.max(other) + 0.05) / (one.min(other) + 0.05);
        for (look, ground) in [(Look::OnLight, 0xf4), (Look::OnDark, 0x1c)] {
            for icon in ICONS {
                let picture = picture(icon, look).unwrap();
                let opaque: Vec<_> = picture.rgba().chunks_exact(4).filter(|point| point[3] == 255).map(luminance).collect();
                let (least, most) = opaque.iter().fold((1.0_f64, 0.0_f64), |(a, b), l| (a.min(*l), b.max(*l)));
                assert!(contrast(least, most) >= 3.0, "{icon:?} {look:?}: mark on plate {:.1}", contrast(least, most));
                // The middle of the frame's left side.
                let frame = picture.rgba().chunks_exact(4).nth(22 * 44 + 3).map(luminance).unwrap();
                let ground = contrast(frame, luminance(&[ground; 3]));
                assert!(ground >= 3.0, "{icon:?} {look:?}: plate on its ground {ground:.1}");
            }
        }
    }
}
