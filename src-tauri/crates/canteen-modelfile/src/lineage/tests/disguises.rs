//! What is done to a model so that it is not known, and to another so that it is taken for one.

use super::model::{Model, Tensor, WIDTH, compared, profile, weights};
use super::*;

fn original() -> Model {
    Model::new(1, 8)
}

fn is(tensor: &Tensor, parts: &[&str]) -> bool {
    parts.iter().any(|part| tensor.name.contains(part))
}

const FROM_STATE: &[&str] = &["attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up", "token"];
const TO_STATE: &[&str] = &["attn_output.", "ffn_down"];

/// Puts the units of the inner state into another order: the same function.
fn units_moved(model: Model) -> Model {
    model.with(|tensor| {
        if tensor.shape.len() == 1 {
            tensor.numbers.rotate_left(11);
        } else if is(tensor, TO_STATE) {
            tensor.numbers.rotate_left(11 * WIDTH);
        } else if is(tensor, FROM_STATE) {
            tensor.numbers.chunks_mut(WIDTH).for_each(|row| row.rotate_left(11));
        }
    })
}

/// The same with those within attention and feed-forward.
fn inner_units_moved(model: Model) -> Model {
    model.with(|tensor| {
        if is(tensor, TO_STATE) {
            tensor.numbers.chunks_mut(WIDTH).for_each(|row| row.rotate_left(7));
        } else if is(tensor, &["attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up"]) {
            tensor.numbers.rotate_left(7 * WIDTH);
        }
    })
}

fn kin(first: &Model, second: &Model) -> Kinship {
    let (first, second) = (profile(&first.gguf()), profile(&second.gguf()));
    let found = compare(&first, &second);
    let quick = kinship(&first.fingerprint, &second.fingerprint).0;
    assert!(quick == found.kinship || found.kinship == Kinship::AlteredCopy, "{quick:?}, {found:?}");
    found.kinship
}

fn all_kinds(model: Model, derived: impl Fn(Model) -> Model) {
    for element in ["F32", "Q8_0", "Q4_0"] {
        let changed = derived(model.clone()).stored_as(element);
        assert_eq!(kin(&model, &changed), Kinship::Derived, "{element}");
    }
}

#[test]
fn rearranged_units_are_known_by_the_lengths_of_rows() {
    all_kinds(original(), units_moved);
    all_kinds(original(), inner_units_moved);
    let tuned = |model: Model| units_moved(model).with(|tensor| tensor.moved(0.01));
    all_kinds(original(), tuned);
}

#[test]
fn what_is_put_from_norms_into_matrices_is_known() {
    let scaled = |model: Model| {
        model.with(|tensor| {
            if tensor.shape.len() == 1 {
                tensor.numbers.iter_mut().for_each(|number| *number *= 3.0);
            } else if is(tensor, FROM_STATE) {
                tensor.numbers.iter_mut().for_each(|number| *number /= 3.0);
            }
        })
    };
    all_kinds(original(), scaled);
    let folded = |model: Model| {
        let by: Vec<f32> = weights(77, WIDTH).iter().map(|number| 1.0 + number * 4.0).collect();
        model.with(|tensor| {
            if tensor.shape.len() == 1 {
                tensor.numbers.iter_mut().zip(&by).for_each(|(number, by)| *number *= by);
            } else if is(tensor, FROM_STATE) {
                tensor.numbers.iter_mut().zip(by.iter().cycle()).for_each(|(number, by)| *number /= by);
            }
        })
    };
    all_kinds(original(), folded);
    all_kinds(original(), |model| model.norms(|numbers| numbers.fill(0.0)));
}

#[test]
fn layers_that_stand_twice_or_elsewhere_are_known() {
    let tuned = || original().with(|tensor| tensor.moved(0.01));
    for layers in [&[0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7][..], &[0, 3, 1, 2, 5, 4, 7, 6], &[0, 1, 1, 2, 2, 3, 3, 7]] {
        assert_eq!(kin(&original(), &tuned().of_layers(layers)), Kinship::Derived, "{layers:?}");
        assert_eq!(kin(&original(), &original().of_layers(layers).stored_as("Q4_0")), Kinship::Derived, "{layers:?}");
    }
    let parents = [original(), Model::new(2, 8)].map(|model| model.of_layers(&[0, 1, 2, 3]));
    let second = parents[1].clone().with(|tensor| {
        let renamed = names::layer(&tensor.name).map(|(number, part)| format!("blk.{}.{part}", number + 4));
        tensor.name = renamed.unwrap_or_else(|| format!("unused.{}", tensor.name));
    });
    let both = Model { tensors: [parents[0].tensors.clone(), second.tensors].concat(), ..original() };
    assert_eq!(kin(&original(), &both), Kinship::Derived, "half of each");
    assert_eq!(kin(&Model::new(2, 8), &both), Kinship::Derived);
    assert_eq!(kin(&Model::new(3, 8), &both), Kinship::Unrelated);
}

#[test]
fn more_words_are_a_changed_embedding_and_nothing_else() {
    let extended = original().with(|tensor| {
        if tensor.name.starts_with("token") {
            tensor.shape[0] += 2;
            tensor.numbers.extend(weights(5, 2 * WIDTH));
        }
    });
    assert_eq!(kin(&original(), &extended), Kinship::AlteredCopy);
    assert_eq!(kin(&original(), &extended.stored_as("Q4_0")), Kinship::Derived);
}

/// Another model that has the norms of this one.
fn with_norms_of(model: &Model, other: Model) -> Model {
    other.with(|tensor| {
        if tensor.shape.len() == 1 {
            tensor.numbers = model.tensors.iter().find(|one| one.name == tensor.name).unwrap().numbers.clone();
        }
    })
}

#[test]
fn a_stranger_that_took_the_norms_is_not_kin() {
    for (layers, norms) in [(8, original()), (8, units_moved(original())), (4, original())] {
        let stranger = with_norms_of(&norms, Model::new(9, layers));
        let found = compared(&original().gguf(), &stranger.gguf());
        assert_eq!((found.kinship, found.false_claims.len()), (Kinship::Unknown, 0), "{found:?}");
    }
    let near = with_norms_of(&original().norms(|numbers| numbers.iter_mut().for_each(|one| *one *= 1.01)), Model::new(9, 8));
    assert_eq!(kin(&original(), &near), Kinship::Unknown);
}

#[test]
fn where_units_are_rearranged_in_both_ways_nothing_is_claimed() {
    assert_eq!(kin(&original(), &inner_units_moved(units_moved(original()))), Kinship::Unknown);
}

#[test]
fn models_whose_norms_are_all_ones_are_told_by_their_matrices() {
    let ones = || original().norms(|numbers| numbers.fill(1.0));
    assert_eq!(kin(&ones(), &ones().stored_as("Q4_0")), Kinship::Requantised);
    assert_eq!(kin(&ones(), &original().stored_as("Q4_0")), Kinship::Derived);
}

/// Adds a product of two vectors to the matrices of one kind, of this size beside them.
fn merged(model: Model, part: &str, share: f32) -> Model {
    model.with(|tensor| {
        if tensor.name.contains(part) {
            let seed = u64::from(tensor.numbers[0].to_bits());
            let (rows, columns) = (weights(seed + 1, WIDTH), weights(seed + 2, WIDTH));
            // Each of the two is spread by a twentieth.
            let by = rows.iter().flat_map(|row| columns.iter().map(move |column| row * column * 20.0 * share));
            tensor.numbers.iter_mut().zip(by).for_each(|(number, by)| *number += by);
        }
    })
}

#[test]
fn a_light_merge_is_seen_behind_four_bits() {
    let model = Model::new(1, 24);
    for part in ["attn_v", "attn_output", "ffn_down"] {
        let found = compared(&model.gguf(), &merged(model.clone(), part, 0.05).stored_as("Q4_0").gguf());
        assert_eq!(found.kinship, Kinship::Derived, "{part}: {:?}", found.evidence.weights);
        let norms = found.evidence.norms.unwrap();
        assert_eq!(norms.equal, norms.of_first);
    }
    for seed in 1..9 {
        let model = Model::new(seed, 24);
        let plain = compared(&model.gguf(), &model.clone().stored_as("Q4_0").gguf());
        assert_eq!((plain.kinship, plain.confidence), (Kinship::Requantised, 0.97), "{:?}", plain.evidence.weights);
        let twice = model.clone().stored_as("Q8_0").read_back().stored_as("Q4_0");
        assert_eq!(kin(&model, &twice), Kinship::Requantised, "through 8 bits");
        let eight = model.clone().stored_as("Q8_0");
        assert_eq!(kin(&eight, &model.stored_as("Q4_0")), Kinship::Requantised, "both from a third");
    }
}

#[test]
fn a_finer_form_of_a_merge_is_not_what_the_coarser_one_was_made_from() {
    for seed in 1..5 {
        let whole = Model::new(seed, 24);
        let known = whole.clone().stored_as("Q4_0");
        assert_eq!(kin(&known, &whole.stored_as("Q8_0")), Kinship::Requantised, "that it was made from this can be");
        let all = ["attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
        for share in [0.02, 0.05, 0.1] {
            let one = merged(known.clone().read_back(), "attn_v", share).stored_as("Q8_0");
            let every = all.iter().fold(known.clone().read_back(), |model, part| merged(model, part, share)).stored_as("Q8_0");
            assert_eq!([kin(&known, &one), kin(&known, &every)], [Kinship::Derived; 2], "{share}");
        }
    }
}

#[test]
fn what_could_hide_a_light_merge_is_not_called_sure() {
    let model = Model::new(1, 4);
    let found = compared(&model.gguf(), &model.clone().stored_as("Q4_0").gguf());
    let unseen = found.evidence.weights.unwrap().unseen.unwrap();
    assert!(found.kinship == Kinship::Requantised && (found.confidence < 0.9) == (unseen > 0.025), "{unseen}");
}
