//! Which variables from outside a source reads, found in its syntax tree.

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, FnPtr, Stmt, StmtBlock};

/// What the tree says.
pub(super) struct Found {
    /// Paths such as `["steps","offer","code"]`, each once, in order.
    pub paths: Vec<Vec<String>>,
    /// Whether a closure captures a variable.
    pub captures: bool,
}

/// Walks the tree.
pub(super) fn of(ast: &AST) -> Found {
    let mut walk = Walk {
        ast,
        locals: Vec::new(),
        found: Found {
            paths: Vec::new(),
            captures: false,
        },
    };
    for statement in ast.statements() {
        walk.statement(statement);
    }
    walk.found
}

struct Walk<'a> {
    ast: &'a AST,
    locals: Vec<String>,
    found: Found,
}

impl Walk<'_> {
    fn block(&mut self, block: &StmtBlock) {
        self.scoped(|walk| block.iter().for_each(|statement| walk.statement(statement)));
    }

    /// What is declared inside is unknown outside.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let outer = self.locals.len();
        inside(self);
        self.locals.truncate(outer);
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expression(&flow.expr);
                self.block(&flow.body);
                self.block(&flow.branch);
            }
            Stmt::Switch(parts, _) => {
                let (value, cases) = &**parts;
                self.expression(value);
                for case in &cases.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                self.expression(&flow.expr);
                self.scoped(|walk| {
                    walk.locals.push(item.name.to_string());
                    walk.locals
                        .extend(counter.as_ref().map(|counter| counter.name.to_string()));
                    walk.block(&flow.body);
                });
            }
            Stmt::Var(parts, ..) => {
                self.expression(&parts.1);
                self.locals.push(parts.0.name.to_string());
            }
            Stmt::Assignment(parts) => {
                self.expression(&parts.1.lhs);
                self.expression(&parts.1.rhs);
            }
            Stmt::FnCall(call, _) => self.call(call),
            Stmt::Block(block) => self.block(block),
            Stmt::TryCatch(flow, _) => {
                self.block(&flow.body);
                self.scoped(|walk| {
                    if let Expr::Variable(caught, ..) = &flow.expr {
                        walk.locals.push(caught.1.to_string());
                    }
                    walk.block(&flow.branch);
                });
            }
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::BreakLoop(Some(expression), ..) | Stmt::Return(Some(expression), ..) => {
                self.expression(expression)
            }
            // The rest reads nothing, or marks what a closure captures, which the call tells.
            _ => {}
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Variable(variable, ..) => self.read(&variable.1, Vec::new()),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expression),
            Expr::FnCall(call, _) | Expr::MethodCall(call, _) => self.call(call),
            Expr::Stmt(block) => self.block(block),
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            Expr::Map(fields, _) => fields
                .0
                .iter()
                .for_each(|(_, field)| self.expression(field)),
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            Expr::DynamicConstant(constant, _) => {
                if let Some(function) = constant.read_lock::<FnPtr>() {
                    self.closure(function.fn_name(), 0);
                }
            }
            // The rest are literals.
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr) {
        // A closure that captures is written by the parser as `curry(closure, captured...)`.
        if call.name == "curry"
            && let Some(Expr::DynamicConstant(constant, _)) = call.args.first()
            && let Some(function) = constant.read_lock::<FnPtr>()
        {
            self.found.captures = true;
            self.closure(function.fn_name(), call.args.len() - 1);
            return;
        }
        call.args
            .iter()
            .for_each(|argument| self.expression(argument));
    }

    /// Walks a closure's body where it is written, so that what it captures is seen as read; its
    /// first `captured` parameters stand for variables of the same names outside.
    fn closure(&mut self, name: &str, captured: usize) {
        if !name.starts_with("anon$") {
            return;
        }
        // Only retaining is reliable: cloning with a filter does not apply it to a first module.
        let mut alone = self.ast.clone_functions_only();
        alone.retain_functions(|_, _, function, _| function == name);
        let parameters: Vec<String> = alone
            .iter_functions()
            .next()
            .map(|function| {
                function
                    .params
                    .iter()
                    .skip(captured)
                    .map(ToString::to_string)
                    .collect()
            })
            .unwrap_or_default();
        self.scoped(|walk| {
            walk.locals.extend(parameters);
            alone.walk(&mut |path: &[ASTNode<'_>]| {
                if let [ASTNode::Stmt(statement)] = path {
                    walk.statement(statement);
                }
                true
            });
        });
    }

    /// A chain of fields, indices and method calls: its longest constant beginning is the path.
    fn chain(&mut self, expression: &Expr) {
        let mut links = Vec::new();
        let root = unroll(expression, &mut links);
        let path = links
            .iter()
            .map_while(|link| match link {
                Link::Field(Expr::Property(property, _)) => Some(property.2.to_string()),
                Link::At(Expr::StringConstant(name, _)) => Some(name.to_string()),
                Link::Field(_) | Link::At(_) => None,
            })
            .collect();
        match root {
            Expr::Variable(variable, ..) => self.read(&variable.1, path),
            other => self.expression(other),
        }
        for link in links {
            match link {
                Link::Field(Expr::Property(..)) => {}
                Link::Field(inner) | Link::At(inner) => self.expression(inner),
            }
        }
    }

    fn read(&mut self, root: &str, fields: Vec<String>) {
        if self.locals.iter().any(|local| local == root) {
            return;
        }
        let mut path = vec![root.to_owned()];
        path.extend(fields);
        if !self.found.paths.contains(&path) {
            self.found.paths.push(path);
        }
    }
}

enum Link<'a> {
    Field(&'a Expr),
    At(&'a Expr),
}

/// Chains lean to the right: `a.b[c].d` is `a . (b [ (c . d))`. Gives the root and pushes what
/// follows it, in the order it is written.
fn unroll<'a>(expression: &'a Expr, links: &mut Vec<Link<'a>>) -> &'a Expr {
    let (root, mut rest, mut indexed, mut last) = match expression {
        Expr::Dot(pair, flags, _) => (
            unroll(&pair.lhs, links),
            &pair.rhs,
            false,
            flags.contains(ASTFlags::BREAK),
        ),
        Expr::Index(pair, flags, _) => (
            unroll(&pair.lhs, links),
            &pair.rhs,
            true,
            flags.contains(ASTFlags::BREAK),
        ),
        other => return other,
    };
    loop {
        let link = if indexed { Link::At } else { Link::Field };
        match rest {
            Expr::Dot(pair, flags, _) if !last => {
                links.push(link(&pair.lhs));
                (rest, indexed, last) = (&pair.rhs, false, flags.contains(ASTFlags::BREAK));
            }
            Expr::Index(pair, flags, _) if !last => {
                links.push(link(&pair.lhs));
                (rest, indexed, last) = (&pair.rhs, true, flags.contains(ASTFlags::BREAK));
            }
            end => {
                links.push(link(end));
                return root;
            }
        }
    }
}
