use crate::OsError;

/// `N` random bytes from the operating system, fit for keys.
///
/// # Errors
/// `os.no_entropy` when the system has no source of random bytes.
pub fn entropy<const N: usize>() -> Result<[u8; N], OsError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| OsError::NoEntropy { because: error.to_string() })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_keys_are_never_equal() {
        assert_ne!(super::entropy::<32>().unwrap(), super::entropy::<32>().unwrap());
    }
}
