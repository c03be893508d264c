use canteen_sandbox::{Exit, HowEnded, printable};
use canteen_types::EndReason;
use canteen_types::frames::FaultCause;

/// Longest detail, in characters.
const DETAIL: usize = 500;

/// What was seen of a run until its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Evidence {
    /// Why we ended it.
    pub(crate) wanted: Option<EndReason>,
    /// What the engine said or left unsaid against the protocol.
    pub(crate) broken: Option<String>,
    /// What the engine itself reported while loading.
    pub(crate) fault: Option<(FaultCause, String)>,
    /// The model was in memory.
    pub(crate) loaded: bool,
}

impl Evidence {
    /// The reason, from the strongest sign to the weakest, and a line for the log.
    pub(crate) fn reason(&self, exit: &Exit) -> (EndReason, String) {
        let (reason, detail) = self.judge(exit);
        (reason, printable(&detail, DETAIL))
    }

    fn judge(&self, exit: &Exit) -> (EndReason, String) {
        let with_stderr = |text: String| if exit.stderr.is_empty() { text } else { format!("{text}: {}", exit.stderr) };
        // A violation outweighs even our own wish to stop: it must not hide behind one.
        if let HowEnded::Violation { call } = exit.how {
            let detail = match call {
                Some(call) => format!("the engine tried the forbidden system call {call}"),
                None => "the engine tried a forbidden system call; its number was not recorded".to_owned(),
            };
            return (EndReason::SandboxViolation, detail);
        }
        if let Some(reason) = self.wanted {
            return (reason, String::new());
        }
        if let Some(broken) = &self.broken {
            return (EndReason::Crashed, broken.clone());
        }
        if let Some((cause, detail)) = &self.fault {
            let reason = match cause {
                FaultCause::ModelRefused | FaultCause::Template => EndReason::ModelRefused,
                FaultCause::OutOfMemory => EndReason::OutOfMemory,
                FaultCause::PromptTooLong | FaultCause::Protocol | FaultCause::Internal => EndReason::Crashed,
            };
            return (reason, detail.clone());
        }
        // While it reads the model, a fault in its code is the model's doing: assertions of the loader end the process.
        let fault = if self.loaded { EndReason::Crashed } else { EndReason::ModelRefused };
        match exit.how {
            HowEnded::OutOfMemory => (EndReason::OutOfMemory, with_stderr("the engine passed its memory limit".to_owned())),
            HowEnded::FileChanged => (EndReason::FileChanged, "the model's file was cut short while it was in use".to_owned()),
            HowEnded::Processor => {
                (EndReason::Crashed, with_stderr("this computer's processor lacks what the engine needs".to_owned()))
            }
            HowEnded::Fault { signal } => (fault, with_stderr(format!("the engine ended with signal {signal}"))),
            HowEnded::Panicked => (EndReason::Crashed, with_stderr("the engine panicked".to_owned())),
            HowEnded::Failed { code } => (EndReason::Crashed, with_stderr(format!("the engine gave up with code {code}"))),
            HowEnded::Finished => (EndReason::Crashed, with_stderr("the engine left without being asked to".to_owned())),
            HowEnded::Killed => (EndReason::Crashed, with_stderr("the engine was killed".to_owned())),
            other @ (HowEnded::Violation { .. } | _) => (EndReason::Crashed, with_stderr(format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use canteen_sandbox::SystemCall;

    fn check(evidence: &Evidence, how: HowEnded, expected: EndReason) -> String {
        let (reason, detail) = evidence.reason(&Exit { how, stderr: "last words".into() });
        assert_eq!(reason, expected, "{evidence:?} {how:?}");
        detail
    }

    #[test]
    fn every_end_has_its_reason() {
        let loading = Evidence::default();
        let loaded = Evidence { loaded: true, ..Evidence::default() };
        let stopped = Evidence { wanted: Some(EndReason::StoppedByPerson), ..loaded.clone() };
        let fault = |cause| Evidence { fault: Some((cause, "no".into())), ..Evidence::default() };
        let violation = HowEnded::Violation { call: Some(SystemCall::new(41)) };
        for (evidence, how, expected) in [
            (&loaded, violation, EndReason::SandboxViolation),
            (&stopped, violation, EndReason::SandboxViolation),
            (&stopped, HowEnded::Killed, EndReason::StoppedByPerson),
            (&stopped, HowEnded::Finished, EndReason::StoppedByPerson),
            (&fault(FaultCause::ModelRefused), HowEnded::Finished, EndReason::ModelRefused),
            (&fault(FaultCause::Template), HowEnded::Finished, EndReason::ModelRefused),
            (&fault(FaultCause::OutOfMemory), HowEnded::Finished, EndReason::OutOfMemory),
            (&fault(FaultCause::Internal), HowEnded::Killed, EndReason::Crashed),
            (&loading, HowEnded::Fault { signal: 6 }, EndReason::ModelRefused),
            (&loaded, HowEnded::Fault { signal: 6 }, EndReason::Crashed),
            (&loaded, HowEnded::OutOfMemory, EndReason::OutOfMemory),
            (&loaded, HowEnded::FileChanged, EndReason::FileChanged),
            (&loading, HowEnded::Processor, EndReason::Crashed),
            (&loading, HowEnded::Panicked, EndReason::Crashed),
            (&loaded, HowEnded::Failed { code: 1 }, EndReason::Crashed),
            (&loaded, HowEnded::Finished, EndReason::Crashed),
        ] {
            check(evidence, how, expected);
        }
        let broken = Evidence { broken: Some("a frame of 4 GiB".into()), ..loaded };
        assert_eq!(check(&broken, HowEnded::Killed, EndReason::Crashed), "a frame of 4 GiB");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_violation_names_the_call() {
        let call = SystemCall::new(u32::try_from(41).unwrap());
        let detail = check(&Evidence::default(), HowEnded::Violation { call: Some(call) }, EndReason::SandboxViolation);
        assert!(detail.ends_with(&call.to_string()), "{detail}");
    }
}
