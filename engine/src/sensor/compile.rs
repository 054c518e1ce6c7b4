//! From the document to a rule, or to everything that is wrong with it.

use std::time::Duration;

use operandi_dsl::{
    catalog::Words,
    document::{Clear, Level, Range, SensorRule, Window},
    phrase::Phrase,
    time::{Whose, WindowSpec, format_span, parse_span},
};

use super::{
    bound::{Bound, Span},
    fault::{self, RuleFault},
    measure::{Aggregate, Exposure, Grid, Measure, Side, Windowed},
    reading::VALUE_MAX,
    rule::{Calendar, Compared, Judge, Metric, Pace, Rule},
    silence::Silence,
    streak::Sustain,
};

/// The share that must have been observed when the rule names none.
const COVERAGE: f64 = 0.8;
/// The least share, which keeps the time looked at within a hundred times what was asked for.
const COVERAGE_MIN: f64 = 0.01;
/// The longest window, `for` and silence.
const SPAN_MAX: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// The shortest window: its slots are milliseconds or longer.
const WINDOW_MIN: Duration = Duration::from_millis(1000);
/// Minutes of the longest day.
const DAY_MINUTES_MAX: f64 = 1500.0;

impl Rule {
    /// Compiles a rule for a metric as its device's profile describes it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its field and the remedy.
    pub fn compile(
        document: &SensorRule,
        metric: Metric,
        calendar: Calendar,
    ) -> Result<Self, Vec<RuleFault>> {
        let mut compiler = Compiler {
            document,
            metric,
            calendar: &calendar,
            faults: Vec::new(),
        };
        let judge = compiler.judge();
        let window = compiler.window();
        compiler.header();
        match (judge, compiler.faults) {
            (Some(judge), faults) if faults.is_empty() => Ok(Self {
                name: document.metric.clone(),
                metric,
                judge,
                window,
                calendar,
                late: document.late,
            }),
            (_, faults) => Err(faults),
        }
    }
}

struct Compiler<'a> {
    document: &'a SensorRule,
    metric: Metric,
    calendar: &'a Calendar,
    faults: Vec<RuleFault>,
}

impl Compiler<'_> {
    fn header(&mut self) {
        if self.document.metric.trim().is_empty() {
            self.wrong("metric", fault::NO_METRIC);
        }
        if self.metric.pace == Pace::Every(Duration::ZERO) {
            self.wrong("metric", fault::NO_INTERVAL);
        }
    }

    fn judge(&mut self) -> Option<Judge> {
        let document = self.document;
        let named = [
            document.above.is_some(),
            document.below.is_some(),
            document.outside.is_some(),
            document.between.is_some(),
            document.silence.is_some(),
        ];
        match named.into_iter().filter(|named| *named).count() {
            0 => return self.none("above", fault::NO_BOUND),
            1 => {}
            _ => return self.none("above", fault::TWO_BOUNDS),
        }
        match &document.silence {
            Some(text) => self.silence(text),
            None => self.compared(),
        }
    }

    fn silence(&mut self, text: &str) -> Option<Judge> {
        let document = self.document;
        let alien = [
            ("clear", document.clear.is_some()),
            ("for", document.span.is_some()),
            ("coverage", document.coverage.is_some()),
        ];
        for (field, named) in alien.into_iter().chain(self.measures()) {
            if named {
                self.wrong(field, fault::NOT_WITH_SILENCE);
            }
        }
        // A reading that is only as late as it may be is not silence.
        let least = self.metric.pace.gap().unwrap_or(Duration::from_secs(1));
        let span = self.span("silence", text, least)?;
        Some(Judge::Silence(Silence { span }))
    }

    fn compared(&mut self) -> Option<Judge> {
        let coverage = self.coverage();
        let measure = self.measure(coverage.unwrap_or(COVERAGE));
        let bound = self.bound();
        let exposed = self.document.exposure.is_some();
        let sustain = match &self.document.span {
            Some(_) if exposed => self.none("for", fault::EXPOSURE_COUNTS)?,
            Some(text) => Sustain::new(
                self.span("for", text, Duration::ZERO)?,
                coverage.unwrap_or(COVERAGE),
            ),
            None => Sustain::default(),
        };
        let windowed = matches!(measure, Some(Measure::Windowed(_)));
        if coverage.is_some() && self.document.span.is_none() && !windowed {
            self.wrong("coverage", fault::NOTHING_TO_COVER);
        }
        Some(Judge::Compared(Compared {
            measure: measure?,
            bound: bound?,
            sustain,
        }))
    }

    fn coverage(&mut self) -> Option<f64> {
        let share = self.document.coverage?;
        if (COVERAGE_MIN..=1.0).contains(&share) {
            Some(share)
        } else {
            self.none("coverage", fault::NO_SHARE)
        }
    }

    /// Which measures the document names.
    fn measures(&self) -> [(&'static str, bool); 7] {
        let document = self.document;
        [
            ("rate", document.rate.is_some()),
            ("count", document.count.is_some()),
            ("average", document.average.is_some()),
            ("min", document.min.is_some()),
            ("max", document.max.is_some()),
            ("delta", document.delta.is_some()),
            ("exposure", document.exposure.is_some()),
        ]
    }

    fn measure(&mut self, coverage: f64) -> Option<Measure> {
        let document = self.document;
        let mut named = self.measures().into_iter().filter(|(_, named)| *named);
        named.next();
        if let Some((field, _)) = named.next() {
            return self.none(field, fault::TWO_MEASURES);
        }
        if let Some(level) = document.exposure {
            return self.exposure(level);
        }
        let plain = [
            ("average", &document.average, Aggregate::Average),
            ("min", &document.min, Aggregate::Min),
            ("max", &document.max, Aggregate::Max),
            ("delta", &document.delta, Aggregate::Delta),
        ];
        let plain = plain
            .into_iter()
            .find_map(|(field, over, of)| Some((field, over.as_ref()?, of)));
        let (over, of) = if let Some((field, over, of)) = plain {
            (self.over(field, over), Some(of))
        } else if let Some(rate) = &document.rate {
            let over = self.over("rate.over", &rate.over);
            let per = match &rate.per {
                Some(text) => self.span("rate.per", text, Duration::from_millis(1)),
                None => over,
            };
            (over, per.map(|per| Aggregate::Rate { per: millis(per) }))
        } else if let Some(count) = &document.count {
            let of = match count.of {
                Some(level) => self.side("count.of", level).map(Some),
                None => Some(None),
            };
            let over = self.over("count.over", &count.over);
            (over, of.map(|of| Aggregate::Count { of }))
        } else {
            return Some(Measure::Value);
        };
        Some(Measure::Windowed(Windowed {
            grid: Grid::new(over?),
            of: of?,
            coverage,
        }))
    }

    /// The length of a window: long enough for two readings.
    fn over(&mut self, field: &'static str, text: &str) -> Option<Duration> {
        let least = self.metric.pace.gap().unwrap_or_default();
        self.span(field, text, least.max(WINDOW_MIN))
    }

    fn exposure(&mut self, level: Level) -> Option<Measure> {
        let side = self.side("exposure", level);
        let Some(limit) = self.document.above else {
            return self.none("exposure", fault::EXPOSURE_ABOVE);
        };
        if !(0.0..=DAY_MINUTES_MAX).contains(&limit) {
            return self.none("above", fault::EXPOSURE_MINUTES);
        }
        Some(Measure::Exposure(Exposure {
            side: side?,
            zone: self.calendar.zone,
            limit,
        }))
    }

    fn side(&mut self, field: &'static str, level: Level) -> Option<Side> {
        match (level.above, level.below) {
            (Some(above), None) => self.number(field, above).map(Side::Above),
            (None, Some(below)) => self.number(field, below).map(Side::Below),
            (Some(_), Some(_)) | (None, None) => self.none(field, fault::ONE_SIDE),
        }
    }

    fn bound(&mut self) -> Option<Bound> {
        let document = self.document;
        if let Some(limit) = document.above {
            let (limit, clear) = (self.number("above", limit)?, self.clear_level(limit)?);
            let bad = clear > limit;
            self.clear_side(
                bad,
                fault::CLEAR_ABOVE,
                &[("clear", clear), ("limit", limit)],
            )?;
            Some(Bound::Above { limit, clear })
        } else if let Some(limit) = document.below {
            let (limit, clear) = (self.number("below", limit)?, self.clear_level(limit)?);
            let bad = clear < limit;
            self.clear_side(
                bad,
                fault::CLEAR_BELOW,
                &[("clear", clear), ("limit", limit)],
            )?;
            Some(Bound::Below { limit, clear })
        } else if let Some(range) = document.outside {
            let (limit, clear) = (self.range("outside", range)?, self.clear_range(range)?);
            let bad = clear.low < limit.low || limit.high < clear.high;
            self.clear_side(
                bad,
                fault::CLEAR_OUTSIDE,
                &[("low", limit.low), ("high", limit.high)],
            )?;
            Some(Bound::Outside { limit, clear })
        } else {
            let range = document.between?;
            let (limit, clear) = (self.range("between", range)?, self.clear_range(range)?);
            let bad = limit.low < clear.low || clear.high < limit.high;
            self.clear_side(
                bad,
                fault::CLEAR_BETWEEN,
                &[("low", limit.low), ("high", limit.high)],
            )?;
            Some(Bound::Between { limit, clear })
        }
    }

    fn clear_level(&mut self, limit: f64) -> Option<f64> {
        match self.document.clear {
            None => Some(limit),
            Some(Clear::Level(level)) => self.number("clear", level),
            Some(Clear::Range(_)) => self.none("clear", fault::CLEAR_LEVEL),
        }
    }

    fn clear_range(&mut self, limit: Range) -> Option<Span> {
        match self.document.clear {
            None => self.range("clear", limit),
            Some(Clear::Range(range)) => self.range("clear", range),
            Some(Clear::Level(_)) => self.none("clear", fault::CLEAR_RANGE),
        }
    }

    fn clear_side(&mut self, bad: bool, words: Words, named: &[(&'static str, f64)]) -> Option<()> {
        if !bad {
            return Some(());
        }
        let says = named
            .iter()
            .fold(Phrase::new(words), |says, (name, value)| {
                says.with(name, value)
            });
        self.faults.push(RuleFault::of("clear", says));
        None
    }

    fn range(&mut self, field: &'static str, range: Range) -> Option<Span> {
        let (low, high) = (
            self.number(field, range.low)?,
            self.number(field, range.high)?,
        );
        if low < high {
            Some(Span { low, high })
        } else {
            self.none(field, fault::UPSIDE_DOWN)
        }
    }

    fn number(&mut self, field: &'static str, number: f64) -> Option<f64> {
        if number.abs() <= VALUE_MAX {
            return Some(number);
        }
        let says = Phrase::new(fault::NO_NUMBER).with("most", VALUE_MAX);
        self.faults.push(RuleFault::of(field, says));
        None
    }

    fn span(&mut self, field: &'static str, text: &str, least: Duration) -> Option<Duration> {
        let span = match parse_span(text) {
            Ok(span) => span,
            Err(error) => {
                self.faults.push(RuleFault::of(field, error.sentence()));
                return None;
            }
        };
        let (words, name, bound) = if span < least {
            (fault::TOO_SHORT, "least", least)
        } else if span > SPAN_MAX {
            (fault::TOO_LONG, "most", SPAN_MAX)
        } else {
            return Some(span);
        };
        let says = Phrase::new(words).with("text", text.trim());
        let says = says.with(name, format_span(bound));
        self.faults.push(RuleFault::of(field, says));
        None
    }

    fn window(&mut self) -> Option<WindowSpec> {
        let written = self.document.window.as_ref()?;
        let window = Window {
            zone: written.zone.clone().or_else(|| Some("org".to_owned())),
            ..written.clone()
        };
        match WindowSpec::parse(&window) {
            Ok(spec) if spec.whose() == Whose::Contact => {
                self.none("window.zone", fault::NO_CONTACT)
            }
            Ok(spec) => Some(spec),
            Err(error) => {
                self.faults.push(RuleFault::of("window", error.sentence()));
                None
            }
        }
    }

    fn wrong(&mut self, field: &'static str, words: Words) {
        self.faults.push(RuleFault::new(field, words));
    }

    fn none<T>(&mut self, field: &'static str, words: Words) -> Option<T> {
        self.wrong(field, words);
        None
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
