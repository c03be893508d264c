//! What the kernel says about an open graphics card in `fdinfo`: its documentation, *DRM client usage stats*. Pure: text comes in.
//!
//! Drivers that count in cycles instead of nanoseconds (Xe) are not understood, and AMD's compute queues (`/dev/kfd`) not counted by
//! the kernel: no signal from those.

use std::collections::BTreeMap;
use std::time::Duration;

/// More engines and regions of memory than any card has.
const MOST_LINES: usize = 256;
/// Engines that move or decode pictures and run no model.
const OTHERS: [&str; 6] = ["video", "dec", "enc", "jpeg", "copy", "dma"];

/// One user of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// The card, and the client's number there: a descriptor that was duplicated is the same client.
    id: (String, u64),
    /// Time on its busiest engine that can run a model.
    computed: Duration,
    /// Bytes on the card or for it; `None` where the driver does not say.
    memory: Option<u64>,
}

/// From the text of a descriptor's `fdinfo`; `None` where it says nothing about a card.
pub(super) fn client(fdinfo: &str) -> Option<Client> {
    // A last line that was cut off is none.
    let lines = fdinfo.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.split_once(':'));
    let lines: Vec<(&str, &str)> = lines
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, _)| key.starts_with("drm-"))
        .take(MOST_LINES)
        .collect();
    let value = |name: &str| lines.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let card = value("drm-pdev").or_else(|| value("drm-driver")).unwrap_or_default();
    let computed = lines.iter().filter_map(|(key, value)| computing(key, value)).max().unwrap_or_default();
    let memory = lines.iter().filter_map(|(key, value)| memory(key, value)).max();
    Some(Client { id: (card.to_owned(), value("drm-client-id")?.parse().ok()?), computed, memory })
}

fn computing(key: &str, value: &str) -> Option<Duration> {
    let engine = key.strip_prefix("drm-engine-").filter(|engine| !engine.starts_with("capacity-"))?;
    let nanos = value.strip_suffix("ns")?.trim().parse().ok()?;
    (!OTHERS.iter().any(|other| engine.starts_with(other))).then_some(Duration::from_nanos(nanos))
}

fn memory(key: &str, value: &str) -> Option<u64> {
    ["drm-memory-", "drm-total-"].iter().find(|start| key.starts_with(**start))?;
    let (number, unit) = value.split_once(' ').unwrap_or((value, ""));
    let unit = match unit.trim() {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// Time on cards of a process that has these open, without clients that have less than `least` bytes there.
pub(super) fn computed(clients: impl IntoIterator<Item = Client>, least: u64) -> Duration {
    let large = clients.into_iter().filter(|client| client.memory.is_none_or(|memory| memory >= least));
    let by_client: BTreeMap<_, _> = large.map(|client| (client.id, client.computed)).collect();
    by_client.into_values().fold(Duration::ZERO, Duration::saturating_add)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In the form of the kernel's documentation and drivers.
    const AMD: &str = "pos:\t0\nflags:\t02100002\nmnt_id:\t26\nino:\t1015\ndrm-driver:\tamdgpu\ndrm-client-id:\t41\ndrm-pdev:\t0000:03:00.0\n\
        pasid:\t32771\ndrm-memory-vram:\t5120000 KiB\ndrm-memory-gtt: \t40960 KiB\ndrm-memory-cpu: \t0 KiB\n\
        drm-engine-gfx:\t2000 ns\ndrm-engine-compute:\t7000000000 ns\ndrm-engine-dec:\t9000000000 ns\n";
    const INTEL: &str = "pos:\t0\ndrm-driver:\ti915\ndrm-client-id:\t7\ndrm-pdev:\t0000:00:02.0\ndrm-total-system0:\t40 MiB\n\
        drm-shared-system0:\t8 MiB\ndrm-engine-render:\t25662044495 ns\ndrm-engine-copy:\t99999999999 ns\n\
        drm-engine-video:\t0 ns\ndrm-engine-capacity-video:\t2\n";

    #[test]
    fn time_on_what_can_run_a_model_counts() {
        let amd = client(AMD).unwrap();
        assert_eq!((amd.id.clone(), amd.computed), (("0000:03:00.0".to_owned(), 41), Duration::from_secs(7)));
        assert_eq!(amd.memory, Some(5_120_000 << 10));
        let intel = client(INTEL).unwrap();
        assert_eq!((intel.computed, intel.memory), (Duration::from_nanos(25_662_044_495), Some(40 << 20)));
        for other in ["pos:\t0\nflags:\t0\n", "", "drm-driver:\tx\n", "drm-client-id:\tmany\n"] {
            assert_eq!(client(other), None, "{other}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_says_nothing() {
        let cut = AMD.split_once("000000 ns\ndrm-engine-dec").unwrap().0;
        assert_eq!(client(cut).unwrap().computed, Duration::from_nanos(2000));
    }

    #[test]
    fn a_client_counts_once_and_one_that_only_draws_not_at_all() {
        let both = [AMD, AMD, INTEL].map(|text| client(text).unwrap());
        assert_eq!(computed(both.clone(), 16 << 20), Duration::from_nanos(7_000_000_000 + 25_662_044_495));
        assert_eq!(computed(both, 64 << 20), Duration::from_secs(7));
        let unsaid = client("drm-client-id:\t1\ndrm-engine-compute:\t5 ns\n").unwrap();
        assert_eq!(computed([unsaid], 64 << 20), Duration::from_nanos(5), "a driver that does not tell memory");
    }

    proptest! {
        #[test]
        fn no_text_panics(lines in proptest::collection::vec("(drm-(engine|memory|total|client-id|pdev)-?[a-z]{0,4})?[:\t ]{0,3}[0-9a-z]{0,24}( (ns|KiB|MiB))?\n?", 0..40)) {
            let text = lines.concat();
            if let Some(client) = client(&text) {
                prop_assert!(text.contains("drm-client-id"));
                prop_assert!(computed([client.clone()], 0) == client.computed);
            }
        }

        #[test]
        fn what_is_written_is_read(nanos in any::<u64>(), kib in 0..u64::from(u32::MAX), id in any::<u64>()) {
            let text = format!("drm-client-id:\t{id}\ndrm-engine-compute:\t{nanos} ns\ndrm-memory-vram:\t{kib} KiB\n");
            let read = client(&text).unwrap();
            prop_assert_eq!((read.id.1, read.computed, read.memory), (id, Duration::from_nanos(nanos), Some(kib << 10)));
        }
    }
}
