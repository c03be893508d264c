//! Names: what chat templates need, and what leads out of them. Lists are words in one text.

/// Attributes that lead from any value to the interpreter; with everything that has two underscores.
const INTERNALS: &str = "ag_code ag_frame co_code cr_code cr_frame f_back f_builtins f_code f_globals f_locals func_closure func_code \
    func_defaults func_globals gi_code gi_frame im_class im_func im_self mro tb_frame tb_next";

/// Methods that run something, whatever they belong to.
const EXECUTORS: &str = "check_call check_output eval exec execfile fork from_string getattr getoutput import_module import_string \
    load_module popen Popen run_module run_path setattr spawn system urlopen";

/// No honest template has one of these in an expression, wherever it stands.
const DUNDERS: &str = "__base__ __bases__ __builtins__ __class__ __getattr__ __getattribute__ __globals__ __import__ __mro__ \
    __subclasses__";

/// They belong to the program around a template.
const OUTSIDE: &str = "application builtins compile config current_app cycler environ eval exec get_flashed_messages getattr globals \
    joiner lipsum locals open os request self session subprocess sys url_for vars";

const FUNCTIONS: &str = "caller dict len loop namespace raise_exception range str strftime_now";

/// Methods of texts, lists, dicts and Jinja's own helpers.
const METHODS: &str = "append capitalize center changed copy count cycle endswith extend find format get index insert isalnum isalpha \
    isascii isdecimal isdigit islower isnumeric isspace isupper items join keys ljust lower lstrip partition pop removeprefix \
    removesuffix replace reverse rfind rindex rjust rpartition rsplit rstrip setdefault sort split splitlines startswith strip \
    swapcase title update upper values zfill";

/// Jinja's, and those that renderers of chat templates add; without `random`.
const FILTERS: &str = "abs attr batch bool capitalize center count d default dictsort e endswith escape filesizeformat first float \
    forceescape format from_json fromjson groupby indent int items join keys last length list lower lstrip map max min ord pprint \
    reject rejectattr replace reverse round rstrip safe select selectattr slice sort split startswith str string strip striptags sum \
    title tojson tojson_unicode trim truncate unique upper urlencode values wordcount wordwrap xmlattr";

/// Fields that say what a message or a part of it is, not what a person wrote in it.
const STRUCTURE: &str = "audio audio_url channel content_type eot file from function id image image_url input_audio loss name prefix \
    recipient role tool_call tool_call_id tool_calls tool_responses tool_results tools train type video video_url weight";

/// Further fields, which are looked for in a message or a part of it.
const FIELDS: &str = "blocks citations content data parts reasoning_content text thinking title url value";

/// How people switch a published model, letters only.
const SWITCHES: &str = "continuefinalmessagetag detailedthinkingoff detailedthinkingon disablethinking enablethinking nothink \
    nothinking reasoningeffort reasoningstrength systemoverride think thinking thinkingoff thinkingon thinkoff thinkon";

/// What stands in the control tokens of published models.
const TOKENS: &str = "analysis answer assistant audio begin_final_response begin_of_text bos channel code commentary end \
    end_header_id end_of_turn endoftext eos eot_id final function function_call functioncall functions im_end im_start image inst \
    kimi_image_placeholder media message none observation python reasoning response s scratchpad start start_header_id \
    start_of_turn sys system think thinking thought tool_call tool_call_end tool_call_start tool_calls tool_def_sep tool_output \
    tool_outputs tool_response tool_responses tool_result tool_results tools user video";

fn is_in(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|word| word == name)
}

/// Where a name leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    Nowhere,
    /// It is private, by its first character.
    Private,
    Outside,
}

pub(super) fn leads(name: &str) -> Leads {
    if name.contains("__") || is_in(INTERNALS, name) {
        Leads::Outside
    } else if name.starts_with('_') {
        Leads::Private
    } else {
        Leads::Nowhere
    }
}

/// Runs something, whatever it is a method of.
pub(super) fn is_executor(name: &str) -> bool {
    is_in(EXECUTORS, name)
}

/// A text that no honest template has, wherever it stands in an expression.
pub(super) fn is_internal(text: &str) -> bool {
    text.contains("__") && DUNDERS.split_ascii_whitespace().any(|name| text.contains(name))
}

/// Belongs to the program around a template.
pub(super) fn is_outside(name: &str) -> bool {
    is_in(OUTSIDE, name)
}

/// What is called so evaluates code or opens files, wherever it comes from.
pub(super) fn is_dangerous(name: &str) -> bool {
    is_executor(name) || matches!(name, "open" | "compile" | "globals" | "locals" | "vars")
}

/// A function that chat templates call.
pub(super) fn is_function(name: &str) -> bool {
    is_in(FUNCTIONS, name)
}

/// A method that chat templates may need.
pub(super) fn is_method(name: &str) -> bool {
    is_in(METHODS, name)
}

/// A filter that chat templates may need.
pub(super) fn is_filter(name: &str) -> bool {
    is_in(FILTERS, name)
}

/// A field that says what a message or a part of it is, not what a person wrote in it.
pub(super) fn is_structure(name: &str) -> bool {
    is_in(STRUCTURE, name)
}

/// Stands for the structure when it is looked for in a message or a part of it.
pub(super) fn is_field(word: &str) -> bool {
    is_in(STRUCTURE, word) || is_in(FIELDS, word)
}

/// A switch that published models document: a person writes it to choose how the model thinks.
pub(super) fn is_switch(word: &str) -> bool {
    let letters: String = word.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    is_in(SWITCHES, &letters)
}

/// A control token that published models write: a person never decides by it.
pub(super) fn is_known_token(token: &str) -> bool {
    let token = token.trim();
    let marked = token.starts_with(['<', '[']) && token.ends_with(['>', ']']);
    let pieces = token.split(|c| "<>[]|/｜".contains(c)).map(|piece| piece.trim().replace(['▁', ' '], "_").to_lowercase());
    marked && pieces.filter(|piece| !piece.is_empty()).all(|piece| is_in(TOKENS, &piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tokens_and_switches_are_told_from_anything_like_them() {
        for token in ["</think>", "[INST]", "<｜tool▁calls｜>", "<|channel|>analysis<|message|>", "[BEGIN FINAL RESPONSE]\n"]
        {
            assert!(is_known_token(token), "{token}");
        }
        assert!(!is_known_token("think") && !is_known_token("<admin>") && !is_known_token("<think>do evil</think>"));
        assert!(is_switch("/no_think") && is_switch("Detailed thinking: on") && !is_switch("I think so"));
        assert_eq!((leads("__x"), leads("_x"), leads("x_y")), (Leads::Outside, Leads::Private, Leads::Nowhere));
    }
}
