//! Names: what chat templates need, and what leads out of them.

/// Attributes that lead from any value to the interpreter; with everything that has two underscores.
const INTERNALS: &[&str] = &[
    "ag_code",
    "ag_frame",
    "co_code",
    "cr_code",
    "cr_frame",
    "f_back",
    "f_builtins",
    "f_code",
    "f_globals",
    "f_locals",
    "func_closure",
    "func_code",
    "func_defaults",
    "func_globals",
    "gi_code",
    "gi_frame",
    "im_class",
    "im_func",
    "im_self",
    "mro",
    "tb_frame",
    "tb_next",
];

const EXECUTORS: &[&str] = &[
    "check_output",
    "check_call",
    "eval",
    "exec",
    "execfile",
    "fork",
    "getattr",
    "getoutput",
    "import_module",
    "import_string",
    "load_module",
    "popen",
    "Popen",
    "run_module",
    "run_path",
    "setattr",
    "spawn",
    "system",
    "urlopen",
    "from_string",
];

/// Where a name leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    Nowhere,
    /// It is private, by its first character.
    Private,
    Outside,
}

pub(super) fn leads(name: &str) -> Leads {
    if name.contains("__") || INTERNALS.contains(&name) {
        Leads::Outside
    } else if name.starts_with('_') {
        Leads::Private
    } else {
        Leads::Nowhere
    }
}

/// Runs something, whatever it is a method of.
pub(super) fn is_executor(name: &str) -> bool {
    EXECUTORS.contains(&name)
}

/// A text that no honest template has, wherever it stands in an expression.
pub(super) fn is_internal(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "__class__",
        "__globals__",
        "__builtins__",
        "__subclasses__",
        "__mro__",
        "__base__",
        "__bases__",
        "__import__",
        "__getattribute__",
        "__getattr__",
    ];
    NAMES.iter().any(|name| text.contains(name))
}

/// Belongs to the program around a template.
pub(super) fn is_outside(name: &str) -> bool {
    matches!(
        name,
        "application"
            | "builtins"
            | "compile"
            | "config"
            | "current_app"
            | "cycler"
            | "environ"
            | "eval"
            | "exec"
            | "get_flashed_messages"
            | "getattr"
            | "globals"
            | "joiner"
            | "lipsum"
            | "locals"
            | "open"
            | "os"
            | "request"
            | "self"
            | "session"
            | "subprocess"
            | "sys"
            | "url_for"
            | "vars"
    )
}

/// Functions that chat templates call.
pub(super) fn is_function(name: &str) -> bool {
    matches!(name, "raise_exception" | "strftime_now" | "namespace" | "range" | "dict" | "caller" | "loop" | "len" | "str")
}

/// Methods of texts, lists and dicts.
pub(super) fn is_method(name: &str) -> bool {
    matches!(
        name,
        "append"
            | "capitalize"
            | "center"
            | "copy"
            | "count"
            | "endswith"
            | "extend"
            | "find"
            | "format"
            | "get"
            | "index"
            | "insert"
            | "isalnum"
            | "isalpha"
            | "isascii"
            | "isdecimal"
            | "isdigit"
            | "islower"
            | "isnumeric"
            | "isspace"
            | "isupper"
            | "items"
            | "join"
            | "keys"
            | "ljust"
            | "lower"
            | "lstrip"
            | "partition"
            | "pop"
            | "removeprefix"
            | "removesuffix"
            | "replace"
            | "reverse"
            | "rfind"
            | "rindex"
            | "rjust"
            | "rpartition"
            | "rsplit"
            | "rstrip"
            | "setdefault"
            | "sort"
            | "split"
            | "splitlines"
            | "startswith"
            | "strip"
            | "swapcase"
            | "title"
            | "update"
            | "upper"
            | "values"
            | "zfill"
            | "cycle"
            | "changed"
    )
}

/// Filters of Jinja, and those that renderers of chat templates add.
pub(super) fn is_filter(name: &str) -> bool {
    matches!(
        name,
        "abs"
            | "attr"
            | "batch"
            | "capitalize"
            | "center"
            | "count"
            | "d"
            | "default"
            | "dictsort"
            | "e"
            | "escape"
            | "filesizeformat"
            | "first"
            | "float"
            | "forceescape"
            | "format"
            | "from_json"
            | "fromjson"
            | "groupby"
            | "indent"
            | "int"
            | "items"
            | "join"
            | "last"
            | "length"
            | "list"
            | "lower"
            | "map"
            | "max"
            | "min"
            | "pprint"
            | "reject"
            | "rejectattr"
            | "replace"
            | "reverse"
            | "round"
            | "safe"
            | "select"
            | "selectattr"
            | "slice"
            | "sort"
            | "split"
            | "string"
            | "striptags"
            | "sum"
            | "title"
            | "tojson"
            | "trim"
            | "truncate"
            | "unique"
            | "upper"
            | "urlencode"
            | "values"
            | "keys"
            | "wordcount"
            | "wordwrap"
            | "xmlattr"
            | "lstrip"
            | "rstrip"
            | "strip"
            | "startswith"
            | "endswith"
            | "bool"
            | "str"
            | "ord"
            | "tojson_unicode"
    )
}

/// Fields that say what a message or a part of it is, not what a person wrote in it.
pub(super) fn is_structure(name: &str) -> bool {
    matches!(
        name,
        "role"
            | "type"
            | "name"
            | "tool_calls"
            | "tool_call_id"
            | "tool_call"
            | "tool_responses"
            | "tool_results"
            | "tools"
            | "function"
            | "id"
            | "image"
            | "image_url"
            | "audio"
            | "audio_url"
            | "input_audio"
            | "video"
            | "video_url"
            | "file"
            | "recipient"
            | "from"
            | "channel"
            | "content_type"
            | "weight"
            | "prefix"
            | "eot"
            | "loss"
            | "train"
    )
}

/// Words that stand for the structure when they are looked for in a message or a part of it.
pub(super) fn is_field(word: &str) -> bool {
    is_structure(word)
        || matches!(
            word,
            "text"
                | "content"
                | "url"
                | "thinking"
                | "thought"
                | "thoughts"
                | "reasoning"
                | "reasoning_content"
                | "response"
                | "blocks"
                | "parts"
                | "mapping"
                | "user"
                | "system"
                | "assistant"
                | "tool"
                | "document"
                | "title"
                | "data"
                | "value"
        )
}

/// Switches that published models document: a person writes them to choose how the model thinks.
pub(super) fn is_switch(word: &str) -> bool {
    let word: String = word.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    matches!(
        word.as_str(),
        "think"
            | "nothink"
            | "nothinking"
            | "thinking"
            | "enablethinking"
            | "disablethinking"
            | "detailedthinkingon"
            | "detailedthinkingoff"
            | "thinkon"
            | "thinkoff"
            | "thinkingon"
            | "thinkingoff"
            | "reasoningeffort"
            | "reasoningstrength"
            | "systemoverride"
            | "continuefinalmessagetag"
    )
}

/// Control tokens that published models write: a person never decides by them.
pub(super) fn is_known_token(token: &str) -> bool {
    const NAMES: &[&str] = &[
        "analysis",
        "answer",
        "assistant",
        "audio",
        "begin final response",
        "begin_of_text",
        "bos",
        "channel",
        "code",
        "commentary",
        "end",
        "end_header_id",
        "end_of_turn",
        "endoftext",
        "eos",
        "eot_id",
        "final",
        "function",
        "function_call",
        "functioncall",
        "functions",
        "im_end",
        "im_start",
        "image",
        "inst",
        "kimi_image_placeholder",
        "media",
        "message",
        "none",
        "observation",
        "python",
        "reasoning",
        "response",
        "s",
        "scratchpad",
        "start",
        "start_header_id",
        "start_of_turn",
        "sys",
        "system",
        "think",
        "thinking",
        "thought",
        "tool_call",
        "tool_call_end",
        "tool_call_start",
        "tool_calls",
        "tool_def_sep",
        "tool_output",
        "tool_outputs",
        "tool_response",
        "tool_responses",
        "tool_result",
        "tool_results",
        "tools",
        "user",
        "video",
    ];
    let token = token.trim();
    let marked = token.starts_with(['<', '[']) && token.ends_with(['>', ']']);
    let pieces = token.split(|c| "<>[]|/｜".contains(c)).map(|piece| piece.trim().replace(['▁', ' '], "_").to_lowercase());
    marked && pieces.filter(|piece| !piece.is_empty()).all(|piece| NAMES.iter().any(|name| name.replace(' ', "_") == piece))
}
