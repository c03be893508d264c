//! The list of windows (full screen), CoreMediaIO (cameras) and CoreAudio (microphones, since macOS 14). None of them needs a
//! permission: names and pictures of windows would. *Focus*, and who looks at the screen, macOS tells no program.

use std::ffi::c_void;

use core_foundation::base::{CFType, TCFType as _};
use core_foundation::dictionary::{CFDictionary, CFDictionaryRef};
use core_foundation::number::CFNumber;
use core_foundation::string::{CFString, CFStringRef};
use core_graphics::display::CGDisplay;
use core_graphics::geometry::CGRect;
use core_graphics::window::{
    copy_window_info, kCGNullWindowID, kCGWindowBounds, kCGWindowLayer, kCGWindowListExcludeDesktopElements,
    kCGWindowListOptionOnScreenOnly,
};

use super::Presence;
use crate::{Environment, OsError};

/// Windows that are looked at.
const MOST_WINDOWS: usize = 1024;
/// Cameras, or programs with sound, that are looked at.
const MOST_OBJECTS: usize = 1024;
/// Layer of ordinary windows, and of the menu bar (`CGWindowLevel.h`).
const ORDINARY: i64 = 0;
const MENU_BAR: i64 = 24;
/// The object that stands for the whole system, in both interfaces.
const SYSTEM: u32 = 1;

/// Nothing is needed to look.
#[derive(Clone, Debug)]
pub(super) struct Sources;

impl Sources {
    pub(super) const fn of(_: &Environment) -> Self {
        Self
    }
}

pub(super) fn look(_: &Sources) -> Presence {
    Presence {
        do_not_disturb: None,
        full_screen: full_screen(),
        screen_shared: None,
        camera: any(&Camera, *b"dev#", *b"gone"),
        microphone: any(&Sound, *b"prs#", *b"piri"),
    }
}

/// Nothing tells of changes: whoever waits looks again.
pub(super) async fn follow(_: &(impl Fn() + Send + Sync)) -> Result<(), OsError> {
    std::future::ready(Ok(())).await
}

/// Whoever waits for a time compares the clock, which goes on in a suspend.
pub(super) async fn follow_wake(_: &(impl Fn() + Send + Sync)) -> Result<(), OsError> {
    std::future::ready(Ok(())).await
}

/// A display is filled when an ordinary window has its whole width down to its lower edge and no menu bar lies on it. The upper
/// edge may lie below a camera notch.
fn full_screen() -> Option<bool> {
    let windows = windows()?;
    let displays = CGDisplay::active_displays().ok()?;
    Some(displays.into_iter().map(|display| CGDisplay::new(display).bounds()).any(|display| {
        let bar = windows
            .iter()
            .any(|(layer, window)| *layer == MENU_BAR && same(window.origin.y, display.origin.y) && wide(window, &display));
        let fills = |window: &CGRect| wide(window, &display) && same(lower(window), lower(&display));
        !bar && windows.iter().any(|(layer, window)| *layer == ORDINARY && fills(window))
    }))
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1.0
}

fn wide(window: &CGRect, display: &CGRect) -> bool {
    same(window.origin.x, display.origin.x) && same(window.size.width, display.size.width)
}

fn lower(place: &CGRect) -> f64 {
    place.origin.y + place.size.height
}

/// Layer and place of each window on a screen.
#[expect(unsafe_code, reason = "the list is untyped")]
fn windows() -> Option<Vec<(i64, CGRect)>> {
    let list = copy_window_info(kCGWindowListOptionOnScreenOnly | kCGWindowListExcludeDesktopElements, kCGNullWindowID)?;
    let window = |window: *const c_void| {
        // SAFETY: CGWindowListCopyWindowInfo gives dictionaries with texts as keys, which `list` keeps alive.
        let window: CFDictionary<CFString, CFType> = unsafe { CFDictionary::wrap_under_get_rule(window as CFDictionaryRef) };
        let value = |key: CFStringRef| {
            // SAFETY: a constant of the framework.
            let key = unsafe { CFString::wrap_under_get_rule(key) };
            window.find(&key).map(|value| value.clone())
        };
        // SAFETY: constants of the framework.
        let (layer, bounds) = unsafe { (kCGWindowLayer, kCGWindowBounds) };
        let layer = value(layer)?.downcast::<CFNumber>()?.to_i64()?;
        let bounds = value(bounds)?.downcast::<CFDictionary>()?;
        Some((layer, CGRect::from_dict_representation(&bounds)?))
    };
    Some(list.get_all_values().into_iter().take(MOST_WINDOWS).filter_map(window).collect())
}

/// `AudioObjectPropertyAddress` and `CMIOObjectPropertyAddress`.
#[repr(C)]
struct Address {
    selector: u32,
    scope: u32,
    element: u32,
}

#[link(name = "CoreAudio", kind = "framework")]
#[expect(unsafe_code, reason = "foreign functions")]
unsafe extern "C" {
    fn AudioObjectGetPropertyData(
        object: u32,
        address: *const Address,
        qualifier_size: u32,
        qualifier: *const c_void,
        size: *mut u32,
        data: *mut c_void,
    ) -> i32;
}

#[link(name = "CoreMediaIO", kind = "framework")]
#[expect(unsafe_code, reason = "foreign functions")]
unsafe extern "C" {
    fn CMIOObjectGetPropertyData(
        object: u32,
        address: *const Address,
        qualifier_size: u32,
        qualifier: *const c_void,
        size: u32,
        used: *mut u32,
        data: *mut c_void,
    ) -> i32;
}

/// One of the two interfaces, which are alike.
trait Objects {
    /// A property in numbers of 32 bits: as many as were written. `None` where there is no such property.
    fn get(&self, object: u32, selector: [u8; 4], into: &mut [u32]) -> Option<usize>;
}

struct Sound;
struct Camera;

impl Objects for Sound {
    #[expect(unsafe_code, reason = "foreign function")]
    fn get(&self, object: u32, selector: [u8; 4], into: &mut [u32]) -> Option<usize> {
        let address = Address { selector: u32::from_be_bytes(selector), scope: u32::from_be_bytes(*b"glob"), element: 0 };
        let mut size = u32::try_from(size_of_val(into)).ok()?;
        // SAFETY: `into` has the bytes that `size` says, and everything outlives the call.
        let status = unsafe {
            AudioObjectGetPropertyData(object, &raw const address, 0, std::ptr::null(), &raw mut size, into.as_mut_ptr().cast())
        };
        written(status, size)
    }
}

impl Objects for Camera {
    #[expect(unsafe_code, reason = "foreign function")]
    fn get(&self, object: u32, selector: [u8; 4], into: &mut [u32]) -> Option<usize> {
        let any = u32::from_be_bytes(*b"****");
        let address = Address { selector: u32::from_be_bytes(selector), scope: any, element: u32::MAX };
        let (size, mut used) = (u32::try_from(size_of_val(into)).ok()?, 0);
        // SAFETY: `into` has the bytes that `size` says, and everything outlives the call.
        let status = unsafe {
            CMIOObjectGetPropertyData(
                object,
                &raw const address,
                0,
                std::ptr::null(),
                size,
                &raw mut used,
                into.as_mut_ptr().cast(),
            )
        };
        written(status, used)
    }
}

fn written(status: i32, bytes: u32) -> Option<usize> {
    (status == 0).then(|| usize::try_from(bytes / 4).unwrap_or(0))
}

/// Whether one of the objects that `list` names has `property` set.
fn any(objects: &impl Objects, list: [u8; 4], property: [u8; 4]) -> Option<bool> {
    let mut all = vec![0; MOST_OBJECTS];
    let count = objects.get(SYSTEM, list, &mut all)?;
    let is_set = |object: u32| {
        let mut value = [0];
        objects.get(object, property, &mut value).is_some() && value != [0]
    };
    Some(all.into_iter().take(count).any(is_set))
}
