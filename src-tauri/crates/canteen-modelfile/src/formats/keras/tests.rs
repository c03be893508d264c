use proptest::prelude::*;

use super::*;

/// What is said of one object of a configuration.
#[track_caller]
fn check(object: &str, expected: &[&str]) {
    let text = format!(r#"{{"class_name": "Sequential", "config": {{"layers": [{object}]}}}}"#);
    let found = document(text.as_bytes()).unwrap();
    let said: Vec<_> = found.hazards.iter().map(|hazard| hazard.code.code).collect();
    assert_eq!(said, expected, "{object}");
}

fn layer(module: &str, class: &str) -> String {
    format!(r#"{{"module": "{module}", "class_name": "{class}", "config": {{}}}}"#)
}

fn activation(module: &str, name: &str) -> String {
    let function = format!(r#"{{"module": "{module}", "class_name": "function", "config": "{name}"}}"#);
    format!(r#"{{"module": "keras.layers", "class_name": "Activation", "config": {{"activation": {function}}}}}"#)
}

#[test]
fn what_keras_has_is_clean() {
    for module in
        ["keras.layers", "keras.src.layers.core.dense", "tensorflow.keras.layers", "tf_keras.layers", "keras_hub.models"]
    {
        check(&layer(module, "Dense"), &[]);
    }
    check(&layer("keras.src.applications.convnext", "LayerScale"), &[]);
    check(&layer("keras_hub.src.models.gemma.gemma_backbone", "GemmaBackbone"), &[]);
    for (module, name) in [
        ("builtins", "relu"),
        ("keras.ops", "tanh"),
        ("keras.src.activations.activations", "gelu"),
        ("keras.src.applications.resnet", "preprocess_input"),
    ] {
        check(&activation(module, name), &[]);
    }
    check(
        r#"{"class_name": "LSTM", "config": {"activation": "tanh", "kernel_initializer": {"class_name": "GlorotUniform"}}}"#,
        &[],
    );
    check(r#"{"class_name": "Custom>Adam", "config": {}}"#, &[]);
    check(r#"{"class_name": "StringLookup", "config": {"vocabulary": ["a", "b"]}}"#, &[]);
    check(r#"{"class_name": "TFOpLambda", "config": {"function": "math.add"}}"#, &[]);
    check(r#"{"class_name": "__typespec__", "module": "tensorflow.python.framework", "spec_name": "TensorSpec"}"#, &[]);
}

#[test]
fn names_that_are_calls() {
    check(&layer("os", "system"), &["keras.foreign_module"]);
    check(&layer("_posixsubprocess", "fork_exec"), &["keras.foreign_module"]);
    check(&layer("keras.layers; import os", "Dense"), &["keras.foreign_module"]);
    check(&layer("kerasx", "Dense"), &["keras.custom_object"]);
    check(&layer("my_layers", "a.b"), &["keras.foreign_module"]);
    check(&layer("keras.utils", "get_file"), &["keras.unsafe_function"]);
    check(&layer("keras.applications", "ResNet50"), &["keras.unsafe_function"]);
    check(&activation("keras.applications", "decode_predictions"), &["keras.unsafe_function"]);
    check(&activation("builtins", "eval"), &["keras.foreign_module"]);
    check(&activation("builtins", "my_own"), &["keras.custom_object"]);
    check(&activation("numpy", "load"), &["keras.foreign_module"]);
    check(&layer("transformers", "BertLayer"), &["keras.custom_object"]);
    check(r#"{"class_name": "Own>Net", "config": {}}"#, &["keras.custom_object"]);
}

#[test]
fn layers_that_hold_code_or_call_what_a_name_says() {
    let lambda = |config: &str| format!(r#"{{"class_name": "Lambda", "config": {config}}}"#);
    check(&lambda(r#"{"function": ["4wE=", null, null]}"#), &["keras.lambda"]);
    check(
        &lambda(r#"{"function": {"class_name": "__tuple__", "items": ["4wE="]}, "function_type": "lambda"}"#),
        &["keras.lambda"],
    );
    check(&lambda(r#"{"function": "relu", "output_shape": ["4wE="], "output_shape_type": "lambda"}"#), &["keras.lambda"]);
    check(&lambda(r#"{"function": "my_own", "function_type": "function"}"#), &["keras.custom_object"]);
    check(&lambda(r#"{"function": "system", "function_type": "function", "module": "os"}"#), &["keras.foreign_module"]);
    check(r#"{"class_name": "TFOpLambda", "config": {"function": "io.write_file"}}"#, &["keras.unsafe_function"]);
    check(r#"{"class_name": "TensorFlowOpLayer", "config": {"node_def": "{\"op\": \"ReadFile\"}"}}"#, &["keras.unsafe_function"]);
    check(r#"{"class_name": "FlaxLayer", "config": {}}"#, &["keras.wrapper"]);
    check(r#"{"class_name": "IntegerLookup", "config": {"vocabulary": "words.txt"}}"#, &["keras.outside_file"]);
}

#[test]
fn names_that_stand_twice_are_judged_each() {
    check(r#"{"module": "os", "module": "keras.layers", "class_name": "Dense", "config": {}}"#, &["keras.foreign_module"]);
    let text = br#"{"class_name": "Sequential", "config": {"a": {"class_name": "__lambda__"}}, "config": {}}"#;
    assert_eq!(document(text).unwrap().hazards[0].code, &LAMBDA);
}

#[test]
fn a_hazard_says_where_it_stands() {
    let text = br#"{"class_name": "Sequential", "config": {"layers": [{"class_name": "FlaxLayer"}]}}"#;
    let place = text.windows(24).position(|part| part == br#""class_name": "FlaxLayer"#).unwrap();
    assert_eq!(document(text).unwrap().hazards[0].position.offset, Some(place as u64));
}

#[test]
fn other_json_is_no_configuration() {
    assert_eq!(document(br#"{"model_type": "llama", "class_name": 1}"#), None);
    assert_eq!(document(b"[]"), None);
}

proptest! {
    #[test]
    fn no_text_panics(text: Vec<u8>, at: prop::sample::Index, with: u8) {
        drop(document(&text));
        let mut good = activation("builtins", "relu").into_bytes();
        let place = at.index(good.len());
        good[place] = with;
        drop(document(&good));
    }
}
