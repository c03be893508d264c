mod disguises;
mod graphs;
mod model;

use std::io::Cursor;
use std::ops::ControlFlow;
use std::rc::Rc;

use canteen_types::Coded as _;
use proptest::prelude::*;

use super::*;
use crate::once::tests::Counting;
use crate::{Hands, Limits, ModelFileError, Source};
use model::{Model, Tensor, compared, profile, weights};

fn original() -> Model {
    Model::new(1, 8)
}

fn tuned() -> Model {
    original().with(|tensor| tensor.moved(0.1))
}

#[test]
fn the_same_weights_in_another_container_or_order_are_known() {
    let model = original();
    let found = compared(&model.gguf(), &model.safetensors());
    assert_eq!(found.kinship, Kinship::SameWeights, "{found:?}");
    assert_eq!(found.evidence.tensors.unwrap().equal, model.tensors.len());
    let found = compared(&model.safetensors(), &model.onnx());
    assert_eq!(
        (found.kinship, found.confidence),
        (Kinship::Requantised, 0.6),
        "where matrices have no names, only norms are seen"
    );
    assert_eq!(found.evidence.norms.unwrap().equal, 17);
    let mut other = model.clone();
    other.tensors.reverse();
    assert_eq!(compared(&model.gguf(), &other.gguf()).kinship, Kinship::SameWeights);
}

fn joined(parts: &[Vec<u8>], promised: Option<u64>) -> Result<Profile, ModelFileError> {
    let opened = |part: &Vec<u8>| (Box::new(Cursor::new(part.clone())) as Box<dyn Source>, part.len() as u64);
    let parts = parts.iter().map(opened).collect();
    profile_of_parts(parts, promised, &Limits::default(), &mut |_| ControlFlow::Continue(())).map(Option::unwrap)
}

#[test]
fn a_model_in_parts_is_the_model() {
    let model = original();
    let half = model.tensors.len() / 2;
    let first = Model { keys: model.keys.clone(), tensors: model.tensors[..half].to_vec() };
    let second = Model { keys: Vec::new(), tensors: model.tensors[half..].to_vec() };
    for (whole, parts) in [
        (model.gguf(), [first.gguf(), second.gguf()]),
        (model.gguf(), [second.gguf(), first.gguf()]),
        (model.safetensors(), [first.safetensors(), second.safetensors()]),
    ] {
        let found = compare(&profile(&whole), &joined(&parts, Some(2)).unwrap());
        assert_eq!((found.kinship, found.false_claims.len()), (Kinship::SameWeights, 0), "{:?}", found.evidence);
        let pieces: Vec<_> = whole.chunks(whole.len() / 3 + 1).map(<[u8]>::to_vec).collect();
        assert_eq!(compare(&profile(&whole), &joined(&pieces, None).unwrap()).kinship, Kinship::Identical);
    }
}

#[test]
fn a_part_that_is_missing_is_said() {
    let missing = |parts: &[Vec<u8>], promised| joined(parts, promised).unwrap_err().code();
    assert_eq!(missing(&[original().safetensors()], Some(2)), "file.part_missing");
    let split =
        [&b"GGUF\x03\0\0\0"[..], &[0; 8], &[1, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0], b"split.count\x02\0\0\0\x02\0"];
    assert_eq!(missing(&[split.concat()], None), "file.part_missing");
    assert!(joined(&[split.concat(), split.concat()], None).is_ok());
}

/// Queries, keys and values in one, and no gate; as GGUF has it, or as Hugging Face keeps GPT 2.
fn gpt_2(columns: bool) -> Model {
    let mut model = original();
    model.tensors.retain(|tensor| !["attn_q", "attn_k", "ffn_gate"].iter().any(|part| tensor.name.contains(part)));
    model.with(|tensor| {
        tensor.name = tensor.name.replace("attn_v", "attn_qkv");
        if tensor.name.contains("attn_qkv") || tensor.name.contains("ffn_up") {
            tensor.shape[0] = 3 * model::WIDTH;
            tensor.numbers = weights(tensor.numbers[0].to_bits().into(), 3 * model::WIDTH * model::WIDTH);
        }
        if columns && tensor.name.starts_with("blk.") {
            for (ours, theirs) in
                [("attn_qkv", "attn.c_attn"), ("attn_output", "attn.c_proj"), ("ffn_up", "mlp.c_fc"), ("ffn_down", "mlp.c_proj")]
            {
                if tensor.name.contains(ours) {
                    tensor.name = tensor.name.replace("blk.", "transformer.h.").replace(ours, theirs);
                    let (rows, width) = (tensor.shape[0], tensor.shape[1]);
                    tensor.numbers = (0..rows * width).map(|at| tensor.numbers[at % rows * width + at / rows]).collect();
                    tensor.shape.reverse();
                }
            }
        }
    })
}

#[test]
fn rows_that_are_kept_as_columns_are_the_same_rows() {
    let found = compared(&gpt_2(false).gguf(), &gpt_2(true).safetensors());
    let weights = found.evidence.weights.unwrap();
    assert_eq!((weights.roles.len(), weights.correlation, weights.explanation), (4, 1.0, Some(Explanation::Verbatim)));
}

#[test]
fn what_was_merged_into_queries_keys_and_values_in_one_is_seen() {
    let merged = gpt_2(false).with(|tensor| {
        if tensor.name.contains("attn_qkv") {
            tensor.moved(0.3);
        }
    });
    assert_eq!(compared(&gpt_2(false).gguf(), &merged.gguf()).kinship, Kinship::Derived);
}

#[test]
fn norms_are_rounded_only_where_a_file_rounds() {
    let moved =
        original().with(|tensor| tensor.moved(0.0)).norms(|numbers| numbers.iter_mut().for_each(|number| *number *= 1.000_4));
    let none = compared(&original().gguf(), &moved.gguf()).evidence.norms.unwrap().equal_but_for_rounding;
    let some = compared(&original().gguf(), &moved.safetensors()).evidence.norms.unwrap().equal_but_for_rounding;
    assert_eq!((none, some), (None, Some(1.0)));
}

#[test]
fn what_was_altered_is_named() {
    let model = original();
    let found = compared(&model.gguf(), &model.clone().key("tokenizer.chat_template", "{{ messages }} obey — end").gguf());
    assert_eq!(found.kinship, Kinship::AlteredCopy);
    assert_eq!(found.evidence.keys.unwrap().changed, ["tokenizer.chat_template"]);
    let change = TemplateChange { at: 15, removed: String::new(), added: "obey ".into(), cut: false };
    assert_eq!(found.evidence.template, Some(change));

    let one = "blk.3.ffn_down.weight";
    let edited = model.clone().with(|tensor| {
        if tensor.name == one {
            tensor.numbers[5] += 1.0;
        }
    });
    let found = compared(&model.gguf(), &edited.gguf());
    assert_eq!((found.kinship, found.evidence.tensors.unwrap().changed), (Kinship::AlteredCopy, vec![one.to_owned()]));

    let mut bare = model.clone();
    bare.keys.truncate(1);
    let found = compared(&model.gguf(), &bare.gguf());
    assert_eq!(found.kinship, Kinship::AlteredCopy);
    assert_eq!(found.evidence.keys.unwrap().removed, ["general.name", "tokenizer.chat_template"]);

    let renamed = model.clone().with(|tensor| tensor.name.insert(0, 'x'));
    let found = compared(&model.gguf(), &renamed.gguf());
    assert_eq!((found.kinship, found.evidence.tensors.unwrap().renamed), (Kinship::AlteredCopy, model.tensors.len()));
}

#[test]
fn quantisation_explains_itself_and_nothing_else() {
    let model = original();
    let merged = model.clone().with(|tensor| {
        if tensor.name.contains("attn_v") {
            tensor.moved(0.05);
        }
    });
    for (element, from) in [("F16", Explanation::SecondFromFirst), ("Q8_0", Explanation::SecondFromFirst)] {
        let found = compared(&model.gguf(), &model.clone().stored_as(element).gguf());
        assert_eq!(found.kinship, Kinship::Requantised, "{found:?}");
        assert!(element == "F16" || found.evidence.weights.unwrap().explanation == Some(from));
        let found = compared(&model.clone().stored_as(element).gguf(), &model.safetensors());
        assert_eq!(found.kinship, Kinship::Requantised, "{found:?}");
        let found = compared(&model.gguf(), &merged.clone().stored_as(element).gguf());
        assert_eq!(found.kinship, Kinship::Derived, "{found:?}");
        let norms = found.evidence.norms.unwrap();
        assert_eq!(norms.equal, norms.of_first, "merging leaves the norms");
    }
}

#[test]
fn descendants_are_known() {
    let model = original();
    let found = compared(&model.gguf(), &tuned().stored_as("Q8_0").gguf());
    assert_eq!((found.kinship, found.evidence.norms.unwrap().equal), (Kinship::Derived, 0), "{found:?}");

    let found = compared(&model.gguf(), &tuned().without_layers(&[2, 5]).gguf());
    let pairs = found.evidence.weights.clone().unwrap();
    let seen = (found.kinship, pairs.in_place, pairs.in_order, pairs.layers_paired);
    assert_eq!(seen, (Kinship::Derived, false, true, 6), "{found:?}");
}

#[test]
fn a_tensor_whose_name_comes_to_that_of_another_does_not_hide() {
    let mut model = original();
    let mut second = model.tensors[3].clone();
    second.name.insert_str(0, "model.");
    second.moved(1.0);
    model.tensors.push(second);
    let found = compared(&original().gguf(), &model.gguf());
    assert_eq!((found.kinship, found.evidence.tensors.unwrap().added.len()), (Kinship::AlteredCopy, 1));
}

#[test]
fn fingerprints_alone_tell_most_of_it() {
    let model = original();
    let known = profile(&model.gguf()).fingerprint;
    let kept = Fingerprint::from_text(&known.to_text()).unwrap();
    assert_eq!(kept, known);
    let tell = |bytes: &[u8]| kinship(&kept, &profile(bytes).fingerprint).0;
    assert_eq!(tell(&model.clone().key("general.name", "Mine").gguf()), Kinship::AlteredCopy);
    let last = model.tensors.iter().rposition(|tensor| tensor.shape.len() == 1).unwrap();
    let mut one_norm = model.clone();
    one_norm.tensors[last].numbers[0] *= 2.0;
    assert_eq!(tell(&one_norm.gguf()), Kinship::AlteredCopy);
    assert_eq!(tell(&model.safetensors()), Kinship::SameWeights);
    assert_eq!(tell(&model.clone().stored_as("Q8_0").gguf()), Kinship::Requantised);
    assert_eq!(tell(&tuned().gguf()), Kinship::Derived);
    assert_eq!(tell(&Model::new(2, 8).gguf()), Kinship::Unrelated);
    let later = Fingerprint { version: known.version + 1, ..known };
    assert_eq!(Fingerprint::from_text(&later.to_text()), None, "what a later version means by it is not known here");
}

#[test]
fn strangers_are_unrelated() {
    for (seed, layers) in [(2, 8), (3, 8), (4, 12), (5, 4)] {
        let found = compared(&original().gguf(), &Model::new(seed, layers).gguf());
        assert_eq!(found.kinship, Kinship::Unrelated, "{seed}: {found:?}");
    }
}

#[test]
fn norms_that_say_nothing_are_said_to() {
    let ones = |model: Model| profile(&model.norms(|numbers| numbers.fill(1.0)).gguf());
    let flat = ones(original());
    assert_eq!(flat.fingerprint.norms, Norms::Unusable { why: Unusable::Constant });
    let near = |seed| {
        profile(&Model::new(seed, 8).norms(|numbers| numbers.iter_mut().for_each(|one| *one = 1.0 + (*one - 1.0) / 500.0)).gguf())
    };
    assert_eq!(compare(&near(1), &near(2)).kinship, Kinship::Unrelated, "nor are norms alike because all stay near one");
    assert_eq!(compare(&flat, &ones(Model::new(5, 8))).kinship, Kinship::Unrelated, "the matrices are there to tell");
    let none = |seed| {
        let mut bare = Model::new(seed, 8);
        bare.tensors.retain(|tensor| tensor.name == "token_embd.weight");
        profile(&bare.gguf())
    };
    assert_eq!(none(1).fingerprint.norms, Norms::Unusable { why: Unusable::None });
    assert_eq!(compare(&none(1), &none(2)).kinship, Kinship::Unknown, "and where they are not, nothing is concluded");
    let broken = original().norms(|numbers| numbers[0] = f32::NAN);
    assert_eq!(profile(&broken.gguf()).fingerprint.norms, Norms::Unusable { why: Unusable::Unreadable });
}

#[test]
fn gemmas_norms_as_published_are_those_of_its_gguf() {
    let rounded = original().norms(|numbers| numbers.iter_mut().for_each(|number| *number = (*number * 64.0).round() / 64.0));
    let published = rounded.clone().norms(|numbers| numbers.iter_mut().for_each(|number| *number -= 1.0));
    let found = compared(&rounded.gguf(), &published.safetensors_as("pre_feedforward_layernorm"));
    assert_eq!(found.evidence.norms.unwrap().equal, 17);
}

#[test]
fn false_claims_are_reported() {
    let claims = |first: &Model, second: &Model| compared(&first.gguf(), &second.gguf()).false_claims;
    let (model, stranger) = (original(), Model::new(2, 8));
    assert_eq!(claims(&model, &stranger), [FalseClaim::Name("Small Model".into())], "named like it, and is another");
    let base = |model: &Model, name: &str| model.clone().key("general.base_model.0.name", name);
    let other = base(&stranger.clone().key("general.name", "Other"), "Small-Model");
    assert_eq!(claims(&model, &other), [FalseClaim::BaseModel("Small-Model".into())]);
    let own = tuned().key("general.name", "My Own");
    assert_eq!(claims(&model, &own), [], "whoever trains it further may name it");
    assert_eq!(claims(&model, &base(&own, "small model 8L")), []);
    assert_eq!(claims(&model, &base(&own, "Great Model")), [FalseClaim::BaseModel("Great Model".into())]);
    let copy = model.clone().key("general.name", "My Own").key("general.architecture", "falcon");
    assert_eq!(claims(&model, &copy), [FalseClaim::Name("My Own".into()), FalseClaim::Architecture("falcon".into())]);
}

#[test]
fn digests_are_those_of_kind_shape_and_bytes() {
    // Longer than a chunk, so that it goes through several.
    let large = Tensor { name: "large.weight".into(), shape: vec![300, 300], numbers: weights(3, 90_000), element: "F32" };
    let mut model = original();
    model.tensors.insert(4, large);
    let bytes = model.gguf();
    let contents = profile(&bytes).contents.unwrap();
    assert_eq!(contents.file, canteen_types::Digest::of(&bytes));
    assert_eq!((contents.tensors.len(), contents.keys.len()), (model.tensors.len(), model.keys.len()));
    for (tensor, found) in model.tensors.iter().zip(&contents.tensors) {
        let mut expected = b"F32\0".to_vec();
        tensor.shape.iter().for_each(|length| expected.extend((*length as u64).to_le_bytes()));
        expected.extend(tensor.bytes());
        assert_eq!((&tensor.name, canteen_types::Digest::of(&expected)), (&found.name, found.digest));
    }
}

#[test]
fn digesting_stops_when_asked_and_a_file_that_shrank_is_an_error() {
    let bytes = original().gguf();
    let size = bytes.len() as u64;
    let known = index(&mut Cursor::new(&bytes), size, &Limits::default()).unwrap();
    let mut asked = 0;
    let stopped = contents(&mut Cursor::new(&bytes), size, &known, &mut |_| {
        asked += 1;
        if asked > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((stopped.unwrap(), asked), (None, 2));
    assert!(contents(&mut Cursor::new(&bytes), size + 1, &known, &mut |_| ControlFlow::Continue(())).is_err());
}

#[test]
fn one_reading_gives_what_several_give_and_reads_each_byte_once() {
    let model = Model::new(1, 40);
    for (bytes, hands) in [(model.gguf(), Hands::Many), (model.safetensors(), Hands::One), (model.onnx(), Hands::Many)] {
        let counting = Counting::new(bytes.clone());
        let reads = Rc::clone(&counting.reads);
        let size = bytes.len() as u64;
        let go_on = &mut |_| ControlFlow::Continue(());
        let found = super::profile(&mut { counting }, size, &Limits::default(), hands, go_on).unwrap();
        assert_eq!(found, Some(profile(&bytes)));
        assert!(reads.borrow().iter().all(|reads| *reads == 1));
    }
}

#[test]
fn a_fingerprint_is_small_and_read_as_it_was_written() {
    let taken = profile(&Model::new(1, 80).gguf()).fingerprint;
    let text = serde_json::to_string(&taken).unwrap();
    assert!(text.len() < 28 << 10, "{}", text.len());
    assert_eq!(serde_json::from_str::<Fingerprint>(&text).unwrap(), taken);
    assert_eq!((taken.layers.len(), taken.shape.layers), (64, 80));
}

fn nothing_panics(bytes: &[u8], size: u64) {
    let mut file = Cursor::new(bytes);
    let Ok(index) = index(&mut file, size, &Limits::default()) else { return };
    let Ok(fingerprint) = fingerprint(&mut file, &index) else { return };
    let contents = contents(&mut file, size, &index, &mut |_| ControlFlow::Continue(())).unwrap_or_default();
    let own = Profile { fingerprint, contents, template: None };
    drop(compare(&own, &own));
    drop(compare(&profile(&Model::new(1, 2).gguf()), &own));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_is_identical_to_itself_and_its_fingerprint_does_not_mind_order(
        seed in 0_u64..1000, layers in 0_usize..4, order in prop::collection::vec(any::<u64>(), 40)
    ) {
        let model = Model::new(seed, layers);
        let mut places: Vec<_> = order.iter().zip(&model.tensors).collect();
        places.sort_by_key(|(place, _)| **place);
        let other = Model { keys: model.keys.clone(), tensors: places.into_iter().map(|(_, tensor)| tensor.clone()).collect() };
        let (first, second) = (profile(&model.gguf()), profile(&other.gguf()));
        prop_assert_eq!(&first.fingerprint, &second.fingerprint);
        prop_assert_eq!(compare(&first, &first.clone()).kinship, Kinship::Identical);
        prop_assert!(compare(&first, &second).kinship <= Kinship::SameWeights);
    }

    #[test]
    fn no_bytes_panic(
        which in 0_usize..3, cut: prop::sample::Index, flips in prop::collection::vec((0_usize..2048, any::<u8>()), 0..6)
    ) {
        let model = Model::new(1, 2);
        let mut bytes = [Model::gguf, Model::safetensors, Model::onnx][which](&model);
        nothing_panics(&bytes[..cut.index(bytes.len())], bytes.len() as u64);
        // Most of the file is weights; what is written wrongly stands at its beginning.
        for (place, with) in flips {
            bytes[place] = with;
        }
        nothing_panics(&bytes, bytes.len() as u64);
        nothing_panics(&bytes, u64::MAX);
    }
}
