//! What streams through PipeWire, by its own `pw-dump`: on Wayland every shared screen, and what sandboxed programs take from
//! cameras and microphones. There is no client of its protocol without its C library.

use std::path::Path;

use serde::Deserialize;

use super::program;

/// A busy desktop has some 0.5 MB.
const MOST: usize = 8 << 20;

/// What streams now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    pub(super) screen: bool,
    pub(super) camera: bool,
    pub(super) microphone: bool,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    state: Option<String>,
    props: Option<Properties>,
}

/// Values that look like numbers or truths come as such.
#[derive(Deserialize)]
struct Properties {
    #[serde(rename = "media.class")]
    class: Option<String>,
    #[serde(rename = "device.api")]
    device: Option<String>,
    #[serde(rename = "stream.monitor", default)]
    meters: serde_json::Value,
    #[serde(rename = "stream.capture.sink", default)]
    records_output: serde_json::Value,
}

pub(super) async fn streams(runtime: &Path) -> Option<Streams> {
    if !runtime.join("pipewire-0").exists() {
        return None;
    }
    parse(&program::ask("pw-dump", &[], MOST).await?)
}

fn parse(dump: &[u8]) -> Option<Streams> {
    let objects: Vec<Object> = serde_json::from_slice(dump).ok()?;
    let mut streams = Streams::default();
    for object in objects.into_iter().filter(|object| object.kind.as_deref() == Some("PipeWire:Interface:Node")) {
        let Some(Info { state, props: Some(properties) }) = object.info else { continue };
        if state.as_deref() == Some("running") {
            streams.take(&properties);
        }
    }
    Some(streams)
}

impl Streams {
    /// A compositor is a source without a device. A level meter, and what records the computer's own sound, is no microphone.
    fn take(&mut self, node: &Properties) {
        let is_true = |value: &serde_json::Value| value.as_bool() == Some(true) || value.as_str() == Some("true");
        match node.class.as_deref() {
            Some("Video/Source" | "Stream/Output/Video") if node.device.is_none() => self.screen = true,
            Some("Video/Source") => self.camera = true,
            Some("Stream/Input/Audio") if !is_true(&node.meters) && !is_true(&node.records_output) => self.microphone = true,
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(state: &str, properties: serde_json::Value) -> (bool, bool, bool) {
        let dump = json!([
            { "id": 0, "type": "PipeWire:Interface:Core", "info": { "cookie": 1, "props": { "core.daemon": true } } },
            { "id": 3, "type": "PipeWire:Interface:Metadata", "metadata": [] },
            { "id": 7, "type": "PipeWire:Interface:Link", "info": { "state": "active", "props": null } },
            { "id": 9, "type": "PipeWire:Interface:Node", "info": { "state": state, "props": properties, "n-input-ports": 1 } },
        ]);
        let streams = parse(dump.to_string().as_bytes()).unwrap();
        (streams.screen, streams.camera, streams.microphone)
    }

    #[test]
    fn screens_cameras_and_microphones_are_told_apart() {
        let gnome =
            json!({ "media.class": "Stream/Output/Video", "media.name": "meta-screen-cast-src", "node.name": "gnome-shell" });
        assert_eq!(check("running", gnome.clone()), (true, false, false));
        assert_eq!(check("suspended", gnome), (false, false, false));
        let wlroots = json!({ "media.class": "Video/Source", "node.name": "xdg-desktop-portal-wlr" });
        assert_eq!(check("running", wlroots), (true, false, false));
        let camera = json!({ "media.class": "Video/Source", "device.api": "v4l2", "node.name": "v4l2_input.usb", "priority.session": 1000 });
        assert_eq!(check("running", camera), (false, true, false));
        let call = json!({ "media.class": "Stream/Input/Audio", "application.name": "Firefox", "stream.is-live": true });
        assert_eq!(check("running", call.clone()), (false, false, true));
        assert_eq!(check("idle", call), (false, false, false));
        for quiet in [
            json!({ "media.class": "Stream/Output/Audio" }),
            json!({ "media.class": "Stream/Input/Audio", "stream.monitor": true }),
            json!({ "media.class": "Stream/Input/Audio", "stream.capture.sink": "true" }),
            json!({ "media.class": "Audio/Sink", "device.api": "alsa" }),
            json!({}),
        ] {
            assert_eq!(check("running", quiet.clone()), (false, false, false), "{quiet}");
        }
    }

    proptest! {
        #[test]
        fn no_dump_stops_us(bytes in any::<Vec<u8>>(), text in r#"[\[{}\],":a-z/0-9]{0,200}"#) {
            for dump in [&bytes[..], text.as_bytes()] {
                prop_assert!(parse(dump).is_none_or(|streams| streams == Streams::default()));
            }
        }
    }
}
