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

/// Methods that run something, whatever they belong to.
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
    if name.contains("__") || INTERNALS.contains(&name) || EXECUTORS.contains(&name) {
        Leads::Outside
    } else if name.starts_with('_') {
        Leads::Private
    } else {
        Leads::Nowhere
    }
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
    let word = word.trim().to_ascii_lowercase();
    matches!(
        word.as_str(),
        "/think" | "/no_think" | "/nothink" | "/system_override" | "detailed thinking on" | "detailed thinking off"
    )
}
