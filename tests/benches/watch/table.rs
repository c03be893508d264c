//! Every program in every disguise.

use anyhow::Result;
use canteen_tests::Programs;
use canteen_tests::engines::Engine;
use canteen_tests::scenes::{Disguise, Noticed, Outcome, Scene, Stage};
use canteen_types::Verdict;

use crate::{A_DAY, row, say};

/// What stands in a header of the weights that the scenes are played with.
const NAME: &str = "Smollm2 135M 8k Lc100K Mix1 Ep2";
/// One computer has room for so many scenes.
const SCENES: usize = 200;

/// Only those with a program or a disguise among `asked`, where there is one. `alarms`: decoys that were taken for a use.
pub(crate) async fn show(programs: &Programs, asked: &[String], alarms: usize) -> Result<()> {
    let mut stage = Stage::open_with(programs.clone(), A_DAY).await?;
    say("program         disguise          noticed  after ms  loaded ms  grade      verdict         over  called");
    let wanted = |words: &str| asked.is_empty() || asked.iter().any(|asked| asked == words);
    let scenes =
        Engine::ALL.into_iter().flat_map(|engine| Disguise::ALL.into_iter().map(move |disguise| Scene { engine, disguise }));
    let scenes = scenes.filter(|scene| scene.disguise.suits(scene.engine));
    let mut noticed = Vec::new();
    let mut played = 0_usize;
    for scene in scenes.filter(|scene| wanted(scene.engine.words()) || wanted(scene.disguise.words())).take(SCENES) {
        let outcome = stage.play(scene).await;
        say(&line(scene, &outcome));
        if let Ok(outcome) = outcome {
            played += 1;
            noticed.extend(outcome.noticed.map(|noticed| (scene.engine, noticed)));
        }
    }
    let of = |count: usize, all: usize| format!("{count} of {all} ({:.0} %)", 100.0 * count as f64 / all.max(1) as f64);
    let named = |(engine, noticed): &&(Engine, Noticed)| match engine {
        Engine::NodeLlama | Engine::LlamaServer | Engine::MistralRs | Engine::Plain => {
            noticed.name.starts_with(NAME) && matches!(noticed.verdict, Some(Verdict::Altered | Verdict::Derivative))
        }
        // These formats keep no name, and what they are for tells the verdict.
        Engine::Safetensors | Engine::OnnxRuntime => noticed.verdict == Some(Verdict::InventoryOnly),
        Engine::Torch => noticed.verdict == Some(Verdict::Unapproved),
    };
    row("uses that were noticed (recall)", &of(noticed.len(), played));
    row("of those, with the model named and the right verdict", &of(noticed.iter().filter(named).count(), noticed.len()));
    row("of what was said to be a use, one (precision, with the decoys)", &of(noticed.len(), noticed.len() + alarms));
    Ok(())
}

fn line(scene: Scene, outcome: &Result<Outcome>) -> String {
    let what = format!("{:<15} {:<17}", scene.engine.words(), scene.disguise.words());
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return format!("{what} not played: {}", error.to_string().lines().next().unwrap_or_default()),
    };
    let loaded = outcome.loaded.as_millis();
    let Some(noticed) = &outcome.noticed else { return format!("{what} no       {:>8}  {loaded:>9}", "") };
    let Noticed { after, grade, name, holder, verdict } = noticed;
    let verdict = verdict.map_or_else(|| "none".to_owned(), word);
    let over = if outcome.released { "yes" } else { "no" };
    let holder = holder.as_deref().unwrap_or("nobody");
    let after = after.as_millis();
    format!("{what} yes      {after:>8}  {loaded:>9}  {:<10} {verdict:<15} {over:<5} {name} by {holder}", word(grade))
}

/// As the wire has it.
pub(crate) fn word(what: impl serde::Serialize) -> String {
    serde_json::to_value(what).ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_default()
}
