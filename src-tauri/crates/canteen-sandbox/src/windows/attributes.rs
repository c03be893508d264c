use std::ffi::c_void;
use std::io;
use std::marker::PhantomData;
use std::ptr;

use windows_sys::Win32::System::Threading::{
    DeleteProcThreadAttributeList, InitializeProcThreadAttributeList, LPPROC_THREAD_ATTRIBUTE_LIST, UpdateProcThreadAttribute,
};

/// What a process is started with, beyond its command line. Points to the values, so it borrows them.
pub(super) struct Attributes<'a> {
    /// Of `u64`, so that it is aligned.
    space: Vec<u64>,
    values: PhantomData<&'a ()>,
}

impl<'a> Attributes<'a> {
    /// Room for `count` attributes.
    #[expect(unsafe_code, reason = "Win32")]
    pub(super) fn new(count: u32) -> io::Result<Self> {
        let mut size = 0;
        // SAFETY: without a list the call only says how many bytes it needs.
        unsafe { InitializeProcThreadAttributeList(ptr::null_mut(), count, 0, &raw mut size) };
        if size == 0 {
            return Err(io::Error::last_os_error());
        }
        let mut space = vec![0_u64; size.div_ceil(size_of::<u64>())];
        // SAFETY: `space` has at least `size` bytes and does not move: the list lives on the heap.
        if unsafe { InitializeProcThreadAttributeList(space.as_mut_ptr().cast::<c_void>(), count, 0, &raw mut size) } == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { space, values: PhantomData })
    }

    /// Adds one; `value` is read when the process starts.
    #[expect(unsafe_code, reason = "Win32")]
    pub(super) fn set<T: ?Sized>(&mut self, attribute: u32, value: &'a T) -> io::Result<()> {
        let attribute = usize::try_from(attribute).map_err(io::Error::other)?;
        // SAFETY: the list was initialised in `new`; `value` outlives it by the lifetime, and its size is its own.
        let done = unsafe {
            UpdateProcThreadAttribute(
                self.as_ptr(),
                0,
                attribute,
                ptr::from_ref(value).cast::<c_void>(),
                size_of_val(value),
                ptr::null_mut(),
                ptr::null(),
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// For `STARTUPINFOEXW`; lives as long as `self`.
    pub(super) fn as_ptr(&mut self) -> LPPROC_THREAD_ATTRIBUTE_LIST {
        self.space.as_mut_ptr().cast::<c_void>()
    }
}

impl Drop for Attributes<'_> {
    #[expect(unsafe_code, reason = "Win32")]
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, deleted once.
        unsafe { DeleteProcThreadAttributeList(self.as_ptr()) };
    }
}
