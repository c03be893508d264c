//! Whose turn it is to be looked into: programs that are new or have grown at once, every other one within a round. Pure: time and
//! figures come in.

use std::collections::HashMap;
use std::time::Duration;

use super::{PASS, Process};
use crate::process::Memory;

/// After so long a process has its turn again: one that maps weights and never touches them does not grow.
const AGAIN: Duration = Duration::from_secs(60);
/// Passes over which those that have their turn again are spread.
const SPREAD: u32 = 12;
/// Nobody waits longer for a look.
pub(super) const ROUND: Duration = AGAIN.saturating_add(PASS.saturating_mul(SPREAD));
/// Weights come late: so long a program counts as new.
const NEW: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug)]
struct Turn {
    /// Which process had this id.
    started: u64,
    seen: Duration,
    looked: Duration,
    /// Memory at the last closer look.
    compared: Memory,
}

/// Processes by id, as they were the last time.
#[derive(Debug, Default)]
pub(super) struct Turns(HashMap<u32, Turn>);

impl Turns {
    /// Processes to look into now. `least`: how much one must have grown.
    pub(super) fn due(&mut self, processes: &[Process], least: u64, now: Duration) -> Vec<u32> {
        let before = std::mem::take(&mut self.0);
        let (mut due, mut again) = (Vec::new(), Vec::new());
        for process in processes {
            let known = before.get(&process.pid).copied().filter(|turn| turn.started == process.started);
            let mut turn =
                known.unwrap_or(Turn { started: process.started, seen: now, looked: now, compared: Memory::default() });
            let is_new = now.saturating_sub(turn.seen) < NEW;
            if is_new || grew(process.memory, turn.compared, least) {
                (turn.looked, turn.compared) = (now, process.memory);
                due.push(process.pid);
            } else {
                turn.compared = process.memory.lower(turn.compared);
                if now.saturating_sub(turn.looked) >= AGAIN {
                    again.push((turn.looked, process.pid));
                }
            }
            self.0.insert(process.pid, turn);
        }
        // Who has waited longest comes first.
        again.sort_unstable();
        for (_, pid) in again.into_iter().take(share(processes.len())) {
            due.push(pid);
            if let Some(turn) = self.0.get_mut(&pid) {
                turn.looked = now;
            }
        }
        due
    }

    /// Everything has its turn at once.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// How many of all have their turn again in one pass.
const fn share(all: usize) -> usize {
    all / SPREAD as usize + 1
}

const fn grew(now: Memory, before: Memory, least: u64) -> bool {
    now.resident.saturating_sub(before.resident) >= least || now.shared.saturating_sub(before.shared) >= least
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn process(pid: u32, started: u64, resident: u64) -> Process {
        let memory = Memory { space: 0, resident, shared: 0 };
        Process { pid, started, memory, computed: Duration::ZERO, moved: 0 }
    }

    /// Times, in seconds, at which process 7 has its turn; asked every five seconds.
    fn turns(resident: impl Fn(u64) -> (u64, u64), until: u64) -> Vec<u64> {
        let mut turns = Turns::default();
        let mut due = |at| {
            let (started, resident) = resident(at);
            turns.due(&[process(7, started, resident)], 100, Duration::from_secs(at)).contains(&7)
        };
        (0..until).step_by(5).filter(|at| due(*at)).collect()
    }

    #[test]
    fn a_new_program_is_looked_into_for_a_while_and_then_once_a_round() {
        assert_eq!(turns(|_| (1, 10), 200), [0, 5, 10, 70, 130, 190]);
    }

    #[test]
    fn a_program_that_grows_has_its_turn_at_once() {
        assert_eq!(turns(|at| (1, if at < 30 { 10 } else { 120 }), 60), [0, 5, 10, 30]);
        assert_eq!(turns(|at| (1, 10 + at), 60), [0, 5, 10], "slowly, and not by so much since the last look");
        assert_eq!(turns(|at| (1, at * 4), 60), [0, 5, 10, 35], "little by little, until it is enough");
    }

    #[test]
    fn growth_counts_from_the_lowest_since() {
        let swings = |at| (1, [500, 500, 500, 500, 350, 460, 460][usize::try_from(at / 5).unwrap()]);
        assert_eq!(turns(swings, 35), [0, 5, 10, 25]);
    }

    #[test]
    fn another_process_of_the_same_id_is_a_new_one() {
        assert_eq!(turns(|at| (at / 30, 10), 60), [0, 5, 10, 30, 35, 40]);
    }

    #[test]
    fn nobody_waits_for_ever_however_many_there_are() {
        let many: Vec<Process> = (0..500).map(|pid| process(pid, 1, 10)).collect();
        let mut turns = Turns::default();
        let mut looked = HashMap::new();
        for at in (0..300).step_by(5) {
            let due = turns.due(&many, 100, Duration::from_secs(at));
            assert!(at < 15 || due.len() <= share(500));
            looked.extend(due.into_iter().map(|pid| (pid, at)));
        }
        assert!(looked.len() == 500 && looked.values().all(|at| at + ROUND.as_secs() >= 295), "{looked:?}");
    }
}
