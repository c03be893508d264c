//! One AppContainer per running child, so that two engines cannot reach each other.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Security::Isolation::{CreateAppContainerProfile, DeleteAppContainerProfile};
use windows_sys::Win32::Security::{FreeSid, PSID};

use super::wide;

/// Numbers in use. The smallest free one is taken, so that a crash of ours leaves few containers behind, and those are reused.
static TAKEN: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// A container's number. Dropping it removes the container with its folder, so drop it after the child's end.
#[derive(Debug)]
pub(super) struct Slot(u32);

/// The container's identifier, for the start.
#[derive(Debug)]
pub(super) struct Sid(PSID);

/// A new container without any capability.
pub(super) fn take() -> io::Result<(Slot, Sid)> {
    let slot = {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let free = (0..).find(|number| !taken.contains(number)).ok_or(io::ErrorKind::QuotaExceeded)?;
        taken.insert(free);
        Slot(free)
    };
    // What a crash of ours has left.
    slot.delete();
    let sid = slot.create()?;
    Ok((slot, sid))
}

impl Slot {
    /// At most 64 characters.
    fn name(&self) -> Vec<u16> {
        wide(format!("Canteen.Engine.{}", self.0))
    }

    #[expect(unsafe_code, reason = "Win32")]
    fn create(&self) -> io::Result<Sid> {
        let (name, shown) = (self.name(), wide("Canteen engine"));
        let mut sid: PSID = ptr::null_mut();
        // SAFETY: the texts end with a zero and outlive the call; no capabilities; `sid` is a place for one pointer.
        let result =
            unsafe { CreateAppContainerProfile(name.as_ptr(), shown.as_ptr(), shown.as_ptr(), ptr::null(), 0, &raw mut sid) };
        if result < 0 || sid.is_null() { Err(io::Error::from_raw_os_error(result)) } else { Ok(Sid(sid)) }
    }

    #[expect(unsafe_code, reason = "Win32")]
    fn delete(&self) {
        let name = self.name();
        // SAFETY: the text ends with a zero and outlives the call. That there is none is no fault.
        unsafe { DeleteAppContainerProfile(name.as_ptr()) };
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.delete();
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

impl Sid {
    /// Lives as long as `self`.
    pub(super) const fn as_ptr(&self) -> *mut c_void {
        self.0
    }
}

impl Drop for Sid {
    #[expect(unsafe_code, reason = "Win32")]
    fn drop(&mut self) {
        // SAFETY: given by `CreateAppContainerProfile`, which says to free it so; freed once.
        unsafe { FreeSid(self.0) };
    }
}
