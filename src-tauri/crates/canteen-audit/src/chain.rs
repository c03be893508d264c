use sha2::{Digest as _, Sha256};

/// Stands before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// Separates these hashes from every other use of SHA-256.
const DOMAIN: &[u8] = b"canteen-audit-1\0";

/// The bytes whose SHA-256 is the hash of row `seq` with the exact bytes `body`, after the row with the hash `previous`:
/// domain, previous (32 bytes), seq (u64 big-endian), length of the body (u64 big-endian), body.
///
/// The length stands in front so that no two rows can be read as one another.
#[must_use]
pub fn message(previous: &[u8; 32], seq: u64, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u64).to_be_bytes();
    [DOMAIN, previous, &seq.to_be_bytes(), &length, body].concat()
}

/// The hash of a row: SHA-256 of its [`message`].
#[must_use]
pub fn seal(previous: &[u8; 32], seq: u64, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(previous);
    hash.update(seq.to_be_bytes());
    hash.update((body.len() as u64).to_be_bytes());
    hash.update(body);
    hash.finalize().into()
}

/// In which way a row does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainBreak {
    /// It has another number than it should: rows before it are missing, or were put in.
    Number,
    /// It was written after another row than the one that stands before it.
    Joint,
    /// Its bytes are not those that were written.
    Content,
}

/// What reading the whole chain says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainCheck {
    /// Rows read.
    pub rows: u64,
    /// Number of the first row that does not fit, counted from 1.
    pub broken_at: Option<u64>,
    /// In which way it does not fit.
    pub how: Option<ChainBreak>,
    /// Hash of the last row; [`GENESIS`] when there is none.
    pub head: [u8; 32],
}

/// Checks rows one by one, in order, with memory for one.
#[derive(Clone, Debug)]
pub struct Chain(ChainCheck);

impl Default for Chain {
    fn default() -> Self {
        Self(ChainCheck { rows: 0, broken_at: None, how: None, head: GENESIS })
    }
}

impl Chain {
    /// Takes in the next row as it is stored.
    pub fn next(&mut self, seq: u64, body: &[u8], previous: &[u8; 32], hash: &[u8; 32]) {
        let expected = self.0.rows.saturating_add(1);
        let how = if seq != expected {
            Some(ChainBreak::Number)
        } else if *previous != self.0.head {
            Some(ChainBreak::Joint)
        } else if seal(previous, seq, body) != *hash {
            Some(ChainBreak::Content)
        } else {
            None
        };
        if how.is_some() && self.0.broken_at.is_none() {
            self.0.broken_at = Some(expected);
            self.0.how = how;
        }
        self.0.rows = expected;
        self.0.head = *hash;
    }

    /// What has been found so far.
    #[must_use]
    pub const fn check(&self) -> ChainCheck {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (u64, Vec<u8>, [u8; 32], [u8; 32]);

    fn rows(bodies: &[Vec<u8>]) -> Vec<Row> {
        let mut previous = GENESIS;
        let mut rows = Vec::new();
        for (at, body) in bodies.iter().enumerate() {
            let seq = at as u64 + 1;
            let hash = seal(&previous, seq, body);
            rows.push((seq, body.clone(), previous, hash));
            previous = hash;
        }
        rows
    }

    fn check(rows: &[Row]) -> ChainCheck {
        let mut chain = Chain::default();
        for (seq, body, previous, hash) in rows {
            chain.next(*seq, body, previous, hash);
        }
        chain.check()
    }

    fn bodies() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 3..12)
    }

    proptest! {
        #[test]
        fn an_untouched_chain_is_unbroken(bodies in bodies()) {
            prop_assert_eq!(check(&rows(&bodies)).broken_at, None);
        }

        #[test]
        fn a_flipped_bit_breaks_the_chain(bodies in bodies(), row: prop::sample::Index, byte: prop::sample::Index, bit in 0..8u8) {
            let mut rows = rows(&bodies);
            let at = row.index(rows.len());
            let (seq, body, previous, hash) = &mut rows[at];
            // Anywhere in the row: its number, its body, the hash before it, its own.
            let place = byte.index(8 + body.len() + 64);
            match place.checked_sub(8) {
                None => *seq ^= 1 << (place * 8 + usize::from(bit)),
                Some(place) if place < body.len() => body[place] ^= 1 << bit,
                Some(place) if place < body.len() + 32 => previous[place - body.len()] ^= 1 << bit,
                Some(place) => hash[place - body.len() - 32] ^= 1 << bit,
            }
            prop_assert_eq!(check(&rows).broken_at, Some(at as u64 + 1));
        }

        #[test]
        fn a_removed_row_breaks_the_chain(bodies in bodies(), row: prop::sample::Index) {
            let mut rows = rows(&bodies);
            // The end alone can be cut off unseen: that is what reports outside the machine are for.
            let at = row.index(rows.len() - 1);
            rows.remove(at);
            prop_assert_eq!(check(&rows).broken_at, Some(at as u64 + 1));
        }

        #[test]
        fn swapped_rows_break_the_chain(bodies in bodies(), row: prop::sample::Index) {
            let mut rows = rows(&bodies);
            let at = row.index(rows.len() - 1);
            rows.swap(at, at + 1);
            prop_assert_eq!(check(&rows).broken_at, Some(at as u64 + 1));
        }

        #[test]
        fn an_added_row_breaks_the_chain(bodies in bodies(), row: prop::sample::Index) {
            let mut rows = rows(&bodies);
            let at = row.index(rows.len());
            let copy = rows[at].clone();
            rows.insert(at + 1, copy);
            prop_assert_eq!(check(&rows).broken_at, Some(at as u64 + 2));
        }
    }

    #[test]
    fn the_way_in_which_a_row_does_not_fit_is_told_apart() {
        let whole = rows(&[b"a".to_vec(), b"b".to_vec(), b"c".to_vec()]);
        let changed = |act: &dyn Fn(&mut Vec<Row>)| {
            let mut rows = whole.clone();
            act(&mut rows);
            let found = check(&rows);
            (found.broken_at, found.how)
        };
        assert_eq!(changed(&|rows| rows[1].1 = b"x".to_vec()), (Some(2), Some(ChainBreak::Content)));
        assert_eq!(changed(&|rows| drop(rows.remove(1))), (Some(2), Some(ChainBreak::Number)));
        // Whoever writes a row anew with its right hash breaks the next one.
        assert_eq!(changed(&|rows| rows[1].3 = seal(&rows[1].2, 2, b"x")), (Some(2), Some(ChainBreak::Content)));
        let anew = |rows: &mut Vec<Row>| (rows[1].1, rows[1].3) = (b"x".to_vec(), seal(&rows[1].2, 2, b"x"));
        assert_eq!(changed(&anew), (Some(3), Some(ChainBreak::Joint)));
    }

    #[test]
    fn a_hash_is_that_of_the_message() {
        let hash: [u8; 32] = Sha256::digest(message(&[7; 32], 9, b"body")).into();
        assert_eq!(hash, seal(&[7; 32], 9, b"body"));
    }

    #[test]
    fn neighbouring_fields_cannot_run_into_each_other() {
        assert_ne!(seal(&GENESIS, 1, b"ab"), seal(&GENESIS, 1, b"abc"));
        assert_ne!(seal(&GENESIS, 1, b""), seal(&GENESIS, 256, b""));
    }
}
