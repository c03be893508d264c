//! The tray: what it shows is a pure function of the state, and applying it is mechanical.

pub(crate) mod apply;
pub(crate) mod icon;
pub(crate) mod view;
