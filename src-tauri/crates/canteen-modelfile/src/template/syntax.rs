//! What a template consists of. Chains and steps are lists, so that depth comes from nesting alone, which the parser bounds.

/// Byte in the template.
pub(super) type At = usize;

#[derive(Debug)]
pub(super) struct Expr {
    pub(super) at: At,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Name(String),
    Text(Literal),
    Number(f64),
    /// `true`, `false`, `none`.
    Constant,
    /// A list or a tuple.
    List(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    /// Operators of one rank, from left to right.
    Chain(Box<Expr>, Vec<(Op, Expr)>),
    /// `value if test else otherwise`; without `else` more tests may follow.
    Choice(Box<Expr>, Vec<Expr>, Option<Box<Expr>>),
    Steps(Box<Expr>, Vec<Step>),
}

/// A text in quotes.
#[derive(Clone, Debug, Default)]
pub(super) struct Literal {
    pub(super) text: String,
    /// Letters, digits or underscores are spelt in escapes.
    pub(super) disguised: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Or,
    And,
    /// `==`, `<`, `in` and the like.
    Compare,
    Add,
    /// `~`.
    Join,
    Times,
    Remainder,
    Power,
    /// `-`, `/`, `//`.
    Other,
}

/// What follows a value.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: At,
    pub(super) kind: StepKind,
}

#[derive(Debug)]
pub(super) enum StepKind {
    Attribute(String),
    Item(Expr),
    Slice(Vec<Option<Expr>>),
    Call(Args),
    Filter(String, Args),
    Test(String, Args),
}

#[derive(Debug, Default)]
pub(super) struct Args {
    /// In their order; `*list` and `**dict` among them.
    pub(super) plain: Vec<Expr>,
    pub(super) named: Vec<(String, Expr)>,
}

/// A name and its default.
pub(super) type Parameter = (String, Option<Expr>);

#[derive(Debug)]
pub(super) enum Statement<'t> {
    Text(At, &'t str),
    Print(Expr),
    /// `do`: evaluated and not shown.
    Do(Expr),
    /// Each test with its body; the last may have none.
    If(Vec<(Option<Expr>, Vec<Statement<'t>>)>),
    For(Box<For<'t>>),
    Set(Expr, Expr),
    SetBlock(Expr, Vec<Step>, Vec<Statement<'t>>),
    Macro(String, Vec<Parameter>, Vec<Statement<'t>>),
    /// `call(parameters) macro()`.
    Call(Vec<Parameter>, Expr, Vec<Statement<'t>>),
    Filter(Vec<Step>, Vec<Statement<'t>>),
    /// `with`, and what only groups.
    Body(Vec<(Expr, Expr)>, Vec<Statement<'t>>),
    /// A tag that loads another template, or that chat templates do not have.
    Tag(At, String),
}

#[derive(Debug)]
pub(super) struct For<'t> {
    pub(super) target: Expr,
    pub(super) over: Expr,
    pub(super) only: Option<Expr>,
    pub(super) body: Vec<Statement<'t>>,
    pub(super) otherwise: Vec<Statement<'t>>,
}
