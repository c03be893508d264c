//! What a name that a pickle imports means. A list of what model files need decides; a short list of executors only grades.

use crate::hazard::HazardCode;
use crate::pickle::Context;
use crate::pickle::hazards::{EXECUTOR, GLOBAL_NOT_ALLOWED, GLOBAL_UNLISTED, WALKS_ATTRIBUTES};
use crate::pickle::table::{ALLOWED, BUILT, EXECUTORS, LIBRARIES};

/// The hazard in importing `name` of `module`; `None` for what model files need.
pub(super) fn judge(module: &str, name: &str, context: Context) -> Option<&'static HazardCode> {
    if allowed(renamed(module), name) || (context.is_torch() && torchscript(module, name)) {
        return None;
    }
    // A line end or blanks that make an import fail make nothing better.
    let (module, name) = (renamed(module.trim()), name.trim());
    let whole = format!("{module}.{name}");
    if executes(&whole) {
        return Some(&EXECUTOR);
    }
    // Classes in classes are pickled so; walking through a module, a function or something private is not.
    if name.contains('.') && !name.split('.').all(is_class) {
        return Some(&WALKS_ATTRIBUTES);
    }
    let top = module.split('.').next().unwrap_or_default();
    Some(if LIBRARIES.split(' ').any(|library| library == top) { &GLOBAL_UNLISTED } else { &GLOBAL_NOT_ALLOWED })
}

/// Whether text can be what a pickler writes as module and name.
pub(super) fn plausible(module: &str, name: &str) -> bool {
    let word = |text: &str| {
        text.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with(|c: char| c.is_ascii_digit())
                && part.chars().all(|c| c == '_' || c.is_alphanumeric())
        })
    };
    word(module.trim()) && word(name.trim())
}

fn allowed(module: &str, name: &str) -> bool {
    if name.contains('.') {
        return false;
    }
    built(module, name)
        || sklearn(module, name)
        || ALLOWED
            .iter()
            .filter(|(listed, _)| *listed == module)
            .any(|(_, names)| names.split(' ').any(|pattern| matches(pattern, name)))
}

/// One `*` at the beginning or the end.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

/// A class that picklers make without a call, and that no other way is to be called.
pub(super) fn built(module: &str, name: &str) -> bool {
    let is_it = |entry: &str| entry.strip_suffix(name).is_some_and(|front| front.strip_suffix('.') == Some(module));
    is_class(name)
        && (module, name) != ("torch.nn.parameter", "Parameter")
        && BUILT.split(' ').any(|entry| below(module, entry) || is_it(entry))
}

fn below(module: &str, parent: &str) -> bool {
    module == parent || module.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'))
}

fn sklearn(module: &str, name: &str) -> bool {
    let below = |parent: &str| below(module, parent);
    let made_by_cython = name.strip_prefix("__pyx_unpickle_").is_some_and(is_class);
    below("sklearn")
        && !["sklearn.datasets", "sklearn.utils._testing", "sklearn.externals"].iter().any(|part| below(part))
        && (is_class(name) || name == "newObj" || made_by_cython)
}

/// TorchScript's own classes: their code lies in the archive, and nothing is imported.
fn torchscript(module: &str, name: &str) -> bool {
    (module == "__torch__" || module.starts_with("__torch__.")) && plausible(module, name)
}

fn is_class(part: &str) -> bool {
    let bare = part.strip_prefix('_').unwrap_or(part);
    bare.starts_with(|c: char| c.is_ascii_uppercase()) && bare.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

fn executes(whole: &str) -> bool {
    EXECUTORS.split(' ').any(|listed| whole == listed || whole.strip_prefix(listed).is_some_and(|rest| rest.starts_with('.')))
}

/// Python 2's names, as the unpickler maps them.
pub(super) fn renamed(module: &str) -> &str {
    match module {
        "__builtin__" | "exceptions" => "builtins",
        "copy_reg" => "copyreg",
        "cPickle" => "pickle",
        "commands" => "subprocess",
        "Queue" => "queue",
        "UserDict" | "UserList" | "UserString" => "collections",
        "urllib2" => "urllib.request",
        "httplib" => "http.client",
        "whichdb" | "anydbm" => "dbm",
        "dumbdbm" => "dbm.dumb",
        // scikit-learn brought its own joblib until 2020.
        "sklearn.externals.joblib.numpy_pickle" => "joblib.numpy_pickle",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(module: &str, name: &str, expected: Option<&str>) {
        let found = judge(module, name, Context::Plain).map(|code| code.code);
        assert_eq!(found, expected, "{module}.{name}");
    }

    #[test]
    fn what_models_need_is_allowed_and_everything_else_is_named() {
        check("collections", "OrderedDict", None);
        check("__builtin__", "set", None);
        check("torch", "FloatStorage", None);
        check("torch", "float8_e4m3fn", None);
        check("numpy._core.multiarray", "_reconstruct", None);
        check("sklearn.tree._tree", "Tree", None);
        check("sklearn.feature_selection._univariate_selection", "f_classif", None);
        check("sklearn.feature_selection._base", "attrgetter", Some("pickle.global_unlisted"));
        check("torch.nn.modules.linear", "Linear", None);
        check("xgboost.core", "Booster", None);
        check("xgboost.core", "DMatrix", Some("pickle.global_unlisted"));
        check("torch.nn.init", "warnings", Some("pickle.global_unlisted"));
        check("torch.nn.modules.linear", "Linear.forward", Some("pickle.walks_attributes"));
        check("types", "SimpleNamespace", None);
        check("types", "FunctionType", Some("pickle.executor"));
        check("numpy._core", "_ufunc_reconstruct", Some("pickle.executor"));
        // Its `__setstate__` executes a text of its state.
        check("scipy.stats._continuous_distns", "uniform_gen", Some("pickle.global_unlisted"));
        check("os", "system", Some("pickle.executor"));
        check("os\r", "system ", Some("pickle.executor"));
        check("__builtin__", "eval", Some("pickle.executor"));
        check("sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper", None);
        check("sklearn.externals.joblib", "load", Some("pickle.executor"));
        check("torch.hub", "load", Some("pickle.executor"));
        check("torch", "serialization.os.system", Some("pickle.walks_attributes"));
        check("collections", "OrderedDict\r", Some("pickle.global_unlisted"));
        check("builtins", "print", Some("pickle.global_unlisted"));
        check("sklearn.datasets", "Loader", Some("pickle.global_unlisted"));
        check("sklearn.utils", "parallel", Some("pickle.global_unlisted"));
        check("mymodel", "Net", Some("pickle.global_not_allowed"));
        check("mymodel", "Net.Inner", Some("pickle.global_not_allowed"));
        check("osmosis", "system", Some("pickle.global_not_allowed"));
        check("__torch__.net", "Net", Some("pickle.global_not_allowed"));
    }

    #[test]
    fn no_name_is_both_allowed_and_an_executor() {
        // Dill makes arrays by a function that calls what it is given, for which there is a rule; of `types` one class is a record.
        for (module, names) in ALLOWED.iter().filter(|(module, _)| !matches!(*module, "dill._dill" | "types")) {
            for name in names.split(' ') {
                assert!(!executes(&format!("{module}.{}", name.trim_matches('*'))), "{module}.{name}");
            }
        }
    }
}
