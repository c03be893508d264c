//! The real window and the real tray, each test with a display and a session of its own.

#[cfg(test)]
mod bare;
#[cfg(test)]
mod cycles;
#[cfg(test)]
mod first_start;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod nudge;
#[cfg(test)]
mod package;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod picker;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod tray;
