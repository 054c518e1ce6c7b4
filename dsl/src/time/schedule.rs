//! Cron lines in a zone.

use std::time::Duration;

use chrono::{DateTime, Duration as Delta, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{TimeError, Timestamp, civil::parse_zone, timestamp::clip};
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// How far apart two looks at a zone's offset are when a change of its clocks is searched.
const LOOK: Duration = Duration::from_secs(12 * 60 * 60);
/// How many repeated times are passed over before giving up: more than any repeated hours hold.
const REPEATED_MAX: usize = 24 * 60;

/// One field of a cron line.
struct Field {
    name: Words,
    range: &'static str,
}

const FIELDS: [Field; 5] = [
    Field {
        name: say!("el minuto", "the minute", "o minuto"),
        range: "0-59",
    },
    Field {
        name: say!("la hora", "the hour", "a hora"),
        range: "0-23",
    },
    Field {
        name: say!("el día del mes", "the day of the month", "o dia do mês"),
        range: "1-31",
    },
    Field {
        name: say!("el mes", "the month", "o mês"),
        range: "1-12, jan-dec",
    },
    Field {
        name: say!(
            "el día de la semana",
            "the day of the week",
            "o dia da semana"
        ),
        range: "0-7, mon-sun",
    },
];

const NICKNAME: Words = say!(
    "`{line}` es una abreviatura que aquí no se conoce",
    "`{line}` is a shorthand that is not known here",
    "`{line}` é uma abreviatura que aqui não se conhece",
);
const WRONG_COUNT: Words = say!(
    "`{line}` tiene {count} campos, y una línea cron tiene cinco",
    "`{line}` has {count} fields, and a cron line has five",
    "`{line}` tem {count} campos, e uma linha cron tem cinco",
);
const WRONG_FIELD: Words = say!(
    "`{text}` no sirve para {field}",
    "`{text}` will not do for {field}",
    "`{text}` não serve para {field}",
);
const NO_CRON: Words = say!(
    "`{line}` no es una línea cron",
    "`{line}` is not a cron line",
    "`{line}` não é uma linha cron",
);
const NEVER: Words = say!(
    "`{line}` nombra una fecha que ningún año tiene, así que nunca se ejecutaría",
    "`{line}` names a date that no year has, so it would never run",
    "`{line}` indica uma data que nenhum ano tem, então nunca seria executada",
);
const FIVE_FIELDS: Words = say!(
    "escribí cinco campos: minuto, hora, día del mes, mes y día de la semana, como `0 9 * * mon-fri`",
    "write five fields: minute, hour, day of the month, month and day of the week, such as `0 9 * * mon-fri`",
    "escreva cinco campos: minuto, hora, dia do mês, mês e dia da semana, como `0 9 * * mon-fri`",
);
const NO_SECONDS: Words = say!(
    "si el primero son los segundos, quitalo: se empieza por los minutos, como `0 9 * * mon-fri`",
    "if the first is seconds, leave it out: a line begins with the minutes, such as `0 9 * * mon-fri`",
    "se o primeiro são os segundos, retire-o: começa-se pelos minutos, como `0 9 * * mon-fri`",
);
const IN_RANGE: Words = say!(
    "{field} va en {range}; también sirven `*`, `*/2`, `1,3` y `1-5`",
    "{field} takes {range}; `*`, `*/2`, `1,3` and `1-5` will do, too",
    "{field} vai em {range}; também servem `*`, `*/2`, `1,3` e `1-5`",
);
const DAY_AND_MONTH: Words = say!(
    "revisá el día y el mes",
    "check the day and the month",
    "verifique o dia e o mês",
);

/// A cron line in a zone. What the spring gap skips runs once, at the end of the gap; a time the
/// autumn repeats runs once. A line for every hour, such as `*/15 * * * *`, goes by elapsed time.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: Option<Tz>,
    every_hour: bool,
}

impl Schedule {
    /// `zone` `None` means the organisation's, given to `next_after`.
    pub fn parse(cron: &str, zone: Option<&str>) -> Result<Self, TimeError> {
        let line = cron.trim();
        let shown = clip(line);
        let fields = line.split_whitespace().count();
        let wrong = |what: Words, remedy: Words| {
            TimeError::from(Fault::new(what, remedy).with("line", shown))
        };
        if line.starts_with('@') {
            return Err(wrong(NICKNAME, FIVE_FIELDS));
        }
        if fields != FIELDS.len() {
            let remedy = if fields == FIELDS.len() + 1 {
                NO_SECONDS
            } else {
                FIVE_FIELDS
            };
            let fault = Fault::new(WRONG_COUNT, remedy).with("line", shown);
            return Err(TimeError::from(fault.with("count", fields)));
        }
        let cron = read(line).map_err(|_| match wrong_field(line) {
            Some((field, text)) => {
                let mut fault = Fault::new(WRONG_FIELD, IN_RANGE).with("text", clip(text));
                fault.what = fault.what.with_words("field", &[field.name]);
                fault.remedy = fault
                    .remedy
                    .with_words("field", &[field.name])
                    .with("range", field.range);
                TimeError::from(fault)
            }
            None => wrong(NO_CRON, FIVE_FIELDS),
        })?;
        let zone = zone.map(parse_zone).transpose()?;
        let every_hour = matches!(line.split_whitespace().nth(1), Some("*" | "*/1" | "0-23"));
        let schedule = Self {
            cron,
            zone,
            every_hour,
        };
        // A fixed instant: what is impossible is so in every year.
        const ANY_TIME: Timestamp = Timestamp(1_767_225_600_000);
        if schedule.next_after(ANY_TIME, Tz::UTC).is_none() {
            return Err(wrong(NEVER, DAY_AND_MONTH));
        }
        Ok(schedule)
    }

    /// The zone written in the document, if one is.
    #[must_use]
    pub fn zone(&self) -> Option<Tz> {
        self.zone
    }

    /// The first time strictly after `at`; `None` when there is none within the years a line can reach.
    #[must_use]
    pub fn next_after(&self, at: Timestamp, org_zone: Tz) -> Option<Timestamp> {
        let zone = self.zone.unwrap_or(org_zone);
        let mut next = self.occurrence(at, zone)?;
        if self.every_hour {
            return Some(next);
        }
        for _ in 0..REPEATED_MAX {
            if !is_second_showing(next, zone) {
                break;
            }
            next = self.occurrence(next, zone)?;
        }
        Some(self.skipped(at, next, zone).unwrap_or(next))
    }

    fn occurrence(&self, at: Timestamp, zone: Tz) -> Option<Timestamp> {
        let find = |from: Timestamp| {
            let next = self
                .cron
                .find_next_occurrence(&from.in_zone(zone)?, false)
                .ok()?;
            Some(Timestamp(next.timestamp_millis())).filter(|next| *next > at)
        };
        // What the gap skipped may be given at its end, even when that is `at` itself.
        find(at).or_else(|| find(at.after(Duration::from_secs(1))))
    }

    /// The end of a gap after `at` and before `next` that skips a time of this line.
    fn skipped(&self, at: Timestamp, next: Timestamp, zone: Tz) -> Option<Timestamp> {
        let mut from = at;
        while from < next {
            let to = from.after(LOOK).min(next);
            let (before, after) = (offset(from, zone)?, offset(to, zone)?);
            if before < after {
                let end = change(from, to, zone)?;
                let wall = DateTime::from_timestamp_millis(end.0)?;
                let (first, last) = (wall + Delta::seconds(before), wall + Delta::seconds(after));
                let mut minute = first.with_second(0)?;
                while minute < last {
                    // The line is compared with wall clocks, so these stand as if they were UTC.
                    if minute >= first && self.cron.is_time_matching(&minute).unwrap_or(false) {
                        return Some(end).filter(|end| *end > at);
                    }
                    minute += Delta::minutes(1);
                }
            }
            from = to;
        }
        None
    }
}

fn read(line: &str) -> Result<Cron, croner::errors::CronError> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(line)
}

/// The first field that would be wrong in any line, and what stands there.
fn wrong_field(line: &str) -> Option<(&'static Field, &str)> {
    let texts = line.split_whitespace();
    FIELDS
        .iter()
        .zip(texts)
        .enumerate()
        .find_map(|(place, found)| {
            let mut alone = ["*"; FIELDS.len()];
            alone[place] = found.1;
            read(&alone.join(" ")).is_err().then_some(found)
        })
}

/// Seconds east of UTC.
fn offset(at: Timestamp, zone: Tz) -> Option<i64> {
    Some(i64::from(
        at.in_zone(zone)?.offset().fix().local_minus_utc(),
    ))
}

/// The first instant after the offset's change between two instants, to the second.
fn change(from: Timestamp, to: Timestamp, zone: Tz) -> Option<Timestamp> {
    const SECOND: i64 = 1000;
    let before = offset(from, zone)?;
    let (mut low, mut high) = (from.0.div_euclid(SECOND), to.0.div_euclid(SECOND) + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if offset(Timestamp(middle * SECOND), zone)? == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(Timestamp(high * SECOND))
}

/// Whether a wall clock showed this time before, an hour or so ago.
fn is_second_showing(at: Timestamp, zone: Tz) -> bool {
    at.in_zone(zone).is_some_and(|time| {
        zone.from_local_datetime(&time.naive_local())
            .earliest()
            .is_some_and(|first| first.timestamp_millis() < at.0)
    })
}
