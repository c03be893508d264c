//! What can be wrong with a chat template.

use crate::hazard::{hazards, say};

const SAY_RUNS: &str =
    "This model comes with a script that reaches for parts of your computer. Do not use it; tell IT where it came from.";
const SAY_TURNS: &str = "This model is told by its own script to behave differently when certain words, or a certain day, come up. Do not use it; tell IT where it came from.";
const SAY_ODD: &str =
    "The script that this model comes with does things that it does not need. Use it only if IT has looked at it.";
const SAY_WORDS: &str =
    "The script that this model comes with puts unusual words into your conversations. Use it only if IT has looked at it.";
const SAY_SLOW: &str =
    "The script that this model comes with could keep your computer busy for ever. Use it only if IT has looked at it.";

hazards! {
    Dangerous REACHES = "template.reaches_outside", SAY_RUNS,
        "The chat template reaches for internals of Python: a private attribute, a name put together from pieces, or what leads there.";
    Dangerous LOADS = "template.loads", SAY_RUNS, "The chat template imports, includes or extends another template.";
    Dangerous COMPUTED_CALL = "template.computed_call", SAY_RUNS,
        "The chat template calls something that is itself computed, so it cannot be known what runs.";
    Suspicious OUTSIDE_NAME = "template.outside_name", SAY_ODD,
        "The chat template uses a name that belongs to the program around it and to no chat template.";
    Suspicious PRIVATE = "template.private_name", SAY_ODD,
        "The chat template takes an attribute that is private by its name.";
    Suspicious COMPUTED_NAME = "template.computed_name", SAY_ODD,
        "The chat template takes an attribute, a filter or a format by a name that is not written out.";
    Suspicious UNKNOWN_CALL = "template.unknown_call", SAY_ODD,
        "The chat template calls a function, method, filter or tag that chat templates do not need.";
    Suspicious DISGUISED = "template.disguised_text", SAY_ODD,
        "Plain letters in the chat template are spelt in escapes, which hides what they say.";
    Dangerous HIDDEN_INSTRUCTION = "template.hidden_instruction", SAY_TURNS,
        "The chat template adds sentences to the conversation only when a message or the date is of a certain kind.";
    Suspicious CONDITION = "template.condition_on_content", SAY_TURNS,
        "The chat template looks for words in what people write, or for a date, and acts on it.";
    Suspicious IN_EVERY_TURN = "template.text_in_every_turn", SAY_WORDS,
        "The chat template adds sentences to each message of a person.";
    Suspicious ADDRESS = "template.address", SAY_WORDS, "The chat template puts a link or an address into the conversation.";
    Suspicious BAIT = "template.bait", SAY_WORDS,
        "The chat template puts program code, mark-up or commands into the conversation that are made to be run.";
    Suspicious COVERT = "template.covert_instruction", SAY_WORDS,
        "The chat template tells the model to hide something or to ignore what it was told.";
    Dangerous INVISIBLE = "template.invisible_text", SAY_TURNS,
        "The chat template holds text in characters that nobody sees and a model reads.";
    Suspicious HIDDEN_CHARACTERS = "template.hidden_characters", SAY_WORDS,
        "The chat template holds characters without width, or such that turn the direction of text.";
    Suspicious BLOB = "template.blob", SAY_ODD, "The chat template holds encoded data, or one text of enormous length.";
    Suspicious ENDLESS = "template.endless", SAY_SLOW,
        "The chat template repeats something far more often than any chat needs.";
    Suspicious TOO_MUCH = "template.too_much", say::MUCH,
        "The chat template is longer, nested deeper or more involved than any published one, so not all of it was judged.";
    Suspicious ADAPTER_OUTSIDE = "modelfile.adapter_outside", SAY_ODD,
        "The Modelfile takes an adapter from outside of its folder.";
    Suspicious UNREADABLE = "template.unreadable", say::BLIND,
        "The chat template, or the configuration with it, breaks the rules of its language there; what can be read was judged.";
}
