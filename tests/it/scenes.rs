//! What the host notices of real programs that load real models, plainly and in disguise, and what it must not take for a use. All
//! programs in all disguises: `cargo bench -p canteen-tests --bench watch -- table`.

use std::time::Duration;

use canteen_tests::engines::{Engine, Load, Start};
use canteen_tests::scenes::{DECOYS, Disguise, Scene, Stage};
use canteen_tests::{Running, weights};
use canteen_types::{Grade, Verdict};

const SMOLLM2: &str = "Smollm2 135M 8k Lc100K Mix1 Ep2";

async fn play(engine: Engine, disguises: &[Disguise]) {
    let mut stage = Stage::open(24).await.unwrap();
    for disguise in disguises {
        let outcome = stage.play(Scene { engine, disguise: *disguise }).await.unwrap();
        let noticed = outcome.noticed.unwrap_or_else(|| panic!("{disguise:?} was not noticed"));
        let what = format!("{disguise:?}: {noticed:?}");
        assert!(noticed.grade >= Grade::Loaded && noticed.holder.is_some() && outcome.released, "{what}");
        match engine {
            // One bit of what the company approved is another.
            Engine::NodeLlama | Engine::Plain => {
                assert_eq!((noticed.name.as_str(), noticed.verdict), (SMOLLM2, Some(Verdict::Altered)), "{what}")
            }
            // An embedder.
            Engine::Safetensors => assert_eq!(noticed.verdict, Some(Verdict::InventoryOnly), "{what}"),
            Engine::LlamaServer | Engine::MistralRs | Engine::Torch | Engine::OnnxRuntime => unreachable!("only in the table"),
        }
    }
}

#[tokio::test]
async fn a_model_under_another_name_in_another_program_is_noticed() {
    play(Engine::NodeLlama, &[Disguise::RenamedFile, Disguise::RenamedProgram, Disguise::HardLink, Disguise::UnknownFolder])
        .await;
}

#[tokio::test]
async fn a_model_that_only_its_program_sees_is_noticed() {
    play(Engine::NodeLlama, &[Disguise::Container, Disguise::Overlay, Disguise::OwnMemory, Disguise::NamelessFile]).await;
}

#[tokio::test]
async fn a_model_that_is_read_and_closed_or_replaced_is_noticed() {
    play(Engine::NodeLlama, &[Disguise::Read, Disguise::Direct, Disguise::Replaced]).await;
}

#[tokio::test]
async fn a_model_that_is_read_in_a_moment_is_noticed_wherever_it_lies() {
    play(Engine::Plain, &[Disguise::UnknownFolder, Disguise::Variable]).await;
}

#[tokio::test]
async fn a_model_by_an_odd_name_or_from_a_descriptor_that_was_sent_is_noticed() {
    play(Engine::Plain, &[Disguise::OddName, Disguise::PassedOn]).await;
}

#[tokio::test]
async fn a_model_in_another_format_and_the_child_that_inherits_it_are_noticed() {
    play(Engine::Safetensors, &[Disguise::Ordinary, Disguise::Forked]).await;
}

#[tokio::test]
async fn a_use_from_before_the_host_is_noticed_by_each_host_that_follows() {
    let mut stage = Stage::open(24).await.unwrap();
    let (mark, path) = stage.weights(&weights::smollm2().unwrap()).unwrap();
    let mut programs: Vec<Running> = ["one", "two"]
        .iter()
        .map(|name| {
            let start = Start { named: Some(name), model: &path, load: Load::Usual, works: false };
            let mut command = Engine::NodeLlama.command(&stage.home, start).unwrap();
            Running::start(&mut command, stage.home.path("logs").join(name), "nodejs").unwrap()
        })
        .collect();
    let is_used = |computer: &canteen_app::wire::Computer| {
        computer.sightings.iter().any(|one| one.path.ends_with(&mark) && one.grade >= Grade::Loaded && one.verdict.is_some())
    };
    stage.shows("the use", is_used).await.unwrap();
    stage.restart().await.unwrap();
    stage.shows("the use, after a restart", is_used).await.unwrap();
    // Of two that hold it one goes on.
    programs.pop().unwrap().kill().unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    stage.shows("the other one", is_used).await.unwrap();
    programs.pop().unwrap().kill().unwrap();
    stage.shows("the end", |computer| !is_used(computer)).await.unwrap();
}

#[tokio::test]
async fn what_only_has_to_do_with_models_is_no_use() {
    let mut stage = Stage::open(24).await.unwrap();
    let playing: Vec<Running> = DECOYS.iter().map(|decoy| decoy.start(&stage.home).unwrap()).collect();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let alarms = stage.alarms().await.unwrap();
    drop(playing);
    assert!(alarms.is_empty(), "{alarms:#?}");
}
