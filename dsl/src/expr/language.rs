//! The sandbox: which parts of Rhai are open, and the bound of each.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use rhai::{
    Dynamic, Engine, OptimizationLevel,
    packages::{
        ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage,
        BasicMapPackage, BasicMathPackage, BasicStringPackage, LogicPackage, MoreStringPackage,
        Package,
    },
};

use super::{budget, calls::Functions, library, watch, words};

/// Operations of one expression, inside closures too.
pub const EXPRESSION_TICKS_MAX: u64 = 50_000;
/// Operations of one script, inside closures too.
pub const SCRIPT_TICKS_MAX: u64 = 500_000;
/// The time of one expression, when there is a clock.
pub const EXPRESSION_TIME_MAX: Duration = Duration::from_millis(100);
/// The time of one script, when there is a clock.
pub const SCRIPT_TIME_MAX: Duration = Duration::from_secs(1);
/// Bytes of one source text.
pub const SOURCE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one text value, and of all texts inside one list or object.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Elements of one list, those of lists inside it included.
pub const ARRAY_ITEMS_MAX: usize = 10_000;
/// Fields of one object, those of objects inside it included.
pub const MAP_FIELDS_MAX: usize = 10_000;
/// Calls of functions within functions.
pub const CALL_DEPTH_MAX: usize = 16;
/// Brackets and operators within each other.
pub const EXPRESSION_DEPTH_MAX: usize = 32;
/// Variables of one script.
const VARIABLES_MAX: usize = 128;
/// Functions and closures of one script.
const FUNCTIONS_MAX: usize = 64;

/// Words of Rhai that reach outside, and are closed.
pub(super) const CLOSED_SYMBOLS: &[&str] = &[
    "eval",
    "import",
    "export",
    "print",
    "debug",
    "sleep",
    "timestamp",
];

/// A Rhai engine with everything dangerous closed, every size bounded, and the standard library.
pub struct Language {
    pub(super) plain: Engine,
    /// The same with an eye on variables, which scripts and capturing closures need.
    pub(super) watched: Engine,
    pub(super) monotonic: Option<fn() -> Duration>,
    functions: OnceLock<Functions>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language")
            .field("timed", &self.monotonic.is_some())
            .finish_non_exhaustive()
    }
}

impl Language {
    /// `monotonic` is a clock that never goes back, for the deadline of one evaluation.
    #[must_use]
    pub fn new(monotonic: fn() -> Duration) -> Arc<Self> {
        Self::build(Some(monotonic))
    }

    /// Without a clock: only operations are counted. For the checker, rehearsals and simulations.
    #[must_use]
    pub fn untimed() -> Arc<Self> {
        Self::build(None)
    }

    fn build(monotonic: Option<fn() -> Duration>) -> Arc<Self> {
        let mut watched = engine();
        watch::install(&mut watched);
        Arc::new(Self {
            plain: engine(),
            watched,
            monotonic,
            functions: OnceLock::new(),
        })
    }

    /// What can be called, gathered from the engine when it is first asked for.
    pub(super) fn functions(&self) -> &Functions {
        self.functions.get_or_init(|| Functions::of(&self.plain))
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    BasicFnPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    library::register(&mut engine);

    for symbol in CLOSED_SYMBOLS {
        engine.disable_symbol(*symbol);
    }
    words::install(&mut engine);
    // The built-in operators would come before those of the library.
    engine.set_fast_operators(false);
    // An optimised tree leaves out what it finds constant, and then `reads` would not tell all.
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(EXPRESSION_DEPTH_MAX, EXPRESSION_DEPTH_MAX);
    engine.set_max_call_levels(CALL_DEPTH_MAX);
    engine.set_max_string_size(TEXT_BYTES_MAX);
    engine.set_max_array_size(ARRAY_ITEMS_MAX);
    engine.set_max_map_size(MAP_FIELDS_MAX);
    engine.set_max_variables(VARIABLES_MAX);
    engine.set_max_functions(FUNCTIONS_MAX);
    engine.set_max_modules(0);
    engine.on_progress(|_| budget::spend(1).map(Dynamic::from));
    engine
}
