//! Calls that nothing can answer, found in a source's syntax tree.
//!
//! What can be called is what the evaluating engine has registered, what a source defines itself, and
//! the few words that Rhai answers without registering them. Types are not known here, so a call is
//! only judged by its name and by how many values it gives.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Engine, Expr, FnCallExpr, Position, Stmt, is_valid_identifier};

use super::language::CLOSED_SYMBOLS;

/// Words that Rhai answers by itself; what they take is its own affair.
const BUILT_IN: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "type_of",
];

/// A call that nothing can answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Misfit {
    /// Line and column in the source, from 1.
    pub(crate) position: (usize, usize),
    pub(crate) name: String,
    /// How many values stand in the brackets.
    pub(crate) given: usize,
    /// How many may stand there, in order; none when there is no such function.
    pub(crate) taken: Vec<usize>,
    /// What can be called in this way, when there is no such function.
    pub(crate) known: Vec<String>,
}

/// What can be called: how many values each function takes, the one before a dot among them.
#[derive(Debug)]
pub(super) struct Functions(BTreeMap<String, BTreeSet<usize>>);

impl Functions {
    /// Everything an engine has registered under a name that can be written.
    pub(super) fn of(engine: &Engine) -> Self {
        let mut all: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let registered = engine.collect_fn_metadata(
            None,
            |function| {
                let name = function.metadata.name.as_str();
                let callable = is_valid_identifier(name) && !CLOSED_SYMBOLS.contains(&name);
                callable.then(|| (name.to_owned(), function.metadata.num_params))
            },
            true,
        );
        for (name, values) in registered {
            all.entry(name).or_default().insert(values);
        }
        Self(all)
    }

    /// The calls of a source that nothing can answer, each name once, in the order of the source.
    pub(super) fn misfits(&self, ast: &AST) -> Vec<Misfit> {
        let own = Own::of(ast);
        let mut found = Vec::new();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            let call = match path.last() {
                Some(
                    ASTNode::Expr(Expr::FnCall(call, at)) | ASTNode::Stmt(Stmt::FnCall(call, at)),
                ) => Some((&**call, *at, false)),
                Some(ASTNode::Expr(Expr::MethodCall(call, at))) => Some((&**call, *at, true)),
                _ => None,
            };
            if let Some((call, at, method)) = call {
                found.extend(self.judge(call, at, method, &own));
            }
            true
        });
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        found.retain(|misfit: &Misfit| seen.insert((misfit.name.clone(), misfit.given)));
        found
    }

    fn judge(&self, call: &FnCallExpr, at: Position, method: bool, own: &Own) -> Option<Misfit> {
        let name = call.name.as_str();
        if call.is_operator_call() || !is_valid_identifier(name) || BUILT_IN.contains(&name) {
            return None;
        }
        let given = call.args.len();
        let before = usize::from(method);
        let mut taken = BTreeSet::new();
        if !call.is_qualified() {
            let native = self.0.get(name).into_iter().flatten();
            taken.extend(native.filter_map(|values| values.checked_sub(before)));
            taken.extend(own.functions.get(name).into_iter().flatten());
            if taken.contains(&given) || (method && own.may_be_field(name)) {
                return None;
            }
        }
        let known = if taken.is_empty() {
            self.callable(before, own)
        } else {
            Vec::new()
        };
        Some(Misfit {
            position: (at.line().unwrap_or(1), at.position().unwrap_or(1)),
            name: name.to_owned(),
            given,
            taken: taken.into_iter().collect(),
            known,
        })
    }

    /// The names of what takes at least `values`.
    fn callable(&self, values: usize, own: &Own) -> Vec<String> {
        let native = self.0.iter();
        native
            .filter(|(_, takes)| takes.iter().any(|takes| *takes >= values))
            .map(|(name, _)| name)
            .chain(own.functions.keys())
            .cloned()
            .collect()
    }
}

/// What a source defines itself.
#[derive(Default)]
struct Own {
    /// Functions with how many values they take, the one before a dot not counted.
    functions: BTreeMap<String, BTreeSet<usize>>,
    /// Names under which a map of this source may hold a closure, which is then called like a method.
    fields: BTreeSet<String>,
    /// Whether such a name may be computed.
    any_field: bool,
}

impl Own {
    fn of(ast: &AST) -> Self {
        let mut own = Self::default();
        for function in ast.iter_functions() {
            let takes = own.functions.entry(function.name.to_owned()).or_default();
            takes.insert(function.params.len());
        }
        own.functions.retain(|name, _| is_valid_identifier(name));
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Map(fields, _))) => {
                    own.fields
                        .extend(fields.0.iter().map(|(name, _)| name.name.to_string()));
                }
                Some(ASTNode::Stmt(Stmt::Assignment(parts))) => own.assigned(&parts.1.lhs),
                Some(ASTNode::Expr(Expr::MethodCall(call, _))) if call.name == "set" => {
                    if let Some(Expr::StringConstant(name, _)) = call.args.first() {
                        own.fields.insert(name.to_string());
                    }
                }
                _ => {}
            }
            true
        });
        own
    }

    /// Notes the fields that an assignment names.
    fn assigned(&mut self, target: &Expr) {
        match target {
            Expr::Property(property, _) => drop(self.fields.insert(property.2.to_string())),
            Expr::Dot(pair, ..) => {
                self.assigned(&pair.lhs);
                self.assigned(&pair.rhs);
            }
            Expr::Index(pair, ..) => {
                self.assigned(&pair.lhs);
                match &pair.rhs {
                    Expr::StringConstant(name, _) => drop(self.fields.insert(name.to_string())),
                    Expr::IntegerConstant(..) => {}
                    _ => self.any_field = true,
                }
            }
            _ => {}
        }
    }

    fn may_be_field(&self, name: &str) -> bool {
        self.any_field || self.fields.contains(name)
    }
}
