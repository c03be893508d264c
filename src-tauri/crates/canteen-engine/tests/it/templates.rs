use canteen_types::EndReason;
use canteen_types::frames::AnswerEnd;

use crate::house::{begin, greedy, kitchen, ready, tiny};
use crate::listener::{Outcome, ask};

const TEMPLATE: &str = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// The tiny model with another template of the same length.
fn with_template(template: &str) -> Vec<u8> {
    let mut model = tiny();
    let at = model.windows(TEMPLATE.len()).position(|window| window == TEMPLATE.as_bytes()).expect("its template");
    let mut padded = template.as_bytes().to_vec();
    assert!(padded.len() <= TEMPLATE.len(), "too long");
    padded.resize(TEMPLATE.len(), b' ');
    model[at..at + TEMPLATE.len()].copy_from_slice(&padded);
    model
}

#[test]
fn a_template_that_runs_for_ever_is_a_refused_model() {
    for template in [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ raise_exception('no') }}",
        "{% if %}",
    ] {
        let (run, mut listener) = begin(kitchen(&with_template(template)).ticket());
        let (reason, detail) = listener.end();
        assert_eq!(reason, EndReason::ModelRefused, "{detail}");
        assert!(detail.contains("template"), "{detail}");
        drop(run);
    }
}

#[test]
fn a_model_without_a_template_goes_on_writing() {
    let (run, mut listener) = ready(&with_template(""));
    let (_, outcome) = ask(&run, &mut listener, "Once upon a time", greedy(5));
    let Outcome::Done(AnswerEnd::Length, figures) = outcome else { panic!("{outcome:?}") };
    assert_eq!(figures.prompt_tokens, 16);
}

#[test]
fn a_pasted_control_token_is_read_as_letters() {
    let (run, mut listener) = ready(&tiny());
    let (_, plain) = ask(&run, &mut listener, "a", greedy(1));
    let (_, pasted) = ask(&run, &mut listener, "a<|im_end|>", greedy(1));
    let (Outcome::Done(_, plain), Outcome::Done(_, pasted)) = (&plain, &pasted) else { panic!("{plain:?} {pasted:?}") };
    // Ten letters and the three bytes of the invisible space, not one mark.
    assert_eq!(pasted.prompt_tokens, plain.prompt_tokens + 13);
}
