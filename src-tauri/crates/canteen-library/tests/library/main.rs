//! The library through its front door, against a real server, real folders and real kills.

// The lints see tests as such only below `cfg(test)`.
#[cfg(test)]
mod fetch;
#[cfg(test)]
mod import;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod relocated;
#[cfg(test)]
mod share;
#[cfg(test)]
mod space;
#[cfg(test)]
mod support;
#[cfg(test)]
#[expect(unreachable_pub, reason = "the end-to-end tests include this file too")]
mod toxic;
#[cfg(test)]
mod verified;
