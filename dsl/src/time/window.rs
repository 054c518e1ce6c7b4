//! When something is allowed: days of the week, from one time of day to another.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use super::{
    TimeError, Timestamp,
    civil::{parse_zone, to_instant, to_last_instant},
    timestamp::clip,
};
use crate::{
    catalog::Words,
    document::Window,
    phrase::{Fault, Phrase, say},
};

/// How many days ahead an opening is looked for: a year of holidays, and some.
const DAYS_AHEAD_MAX: u64 = 400;

const DAY_NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

const FROM_END: Words = say!(
    "`24:00` es el final de un día, y un horario no empieza ahí",
    "`24:00` is the end of a day, and no window begins there",
    "`24:00` é o fim de um dia, e um horário não começa aí",
);
const FROM_START: Words = say!(
    "empiece a las `00:00`",
    "begin at `00:00`",
    "comece às `00:00`",
);
const NEVER_OPEN: Words = say!(
    "abre y cierra a las {time}, así que nunca está abierto",
    "it opens and closes at {time}, so it is never open",
    "abre e fecha às {time}, então nunca está aberto",
);
const WHOLE_DAY: Words = say!(
    "cambiá una de las horas; todo el día es de `00:00` a `24:00`",
    "change one of the times; the whole day is `00:00` to `24:00`",
    "mude uma das horas; o dia inteiro é de `00:00` a `24:00`",
);
const NO_DAY: Words = say!(
    "`{text}` no es un día",
    "`{text}` is not a day",
    "`{text}` não é um dia",
);
const DAYS_ARE: Words = say!(
    "los días son mon, tue, wed, thu, fri, sat, sun, o un tramo como `mon-fri`",
    "the days are mon, tue, wed, thu, fri, sat, sun, or a range such as `mon-fri`",
    "os dias são mon, tue, wed, thu, fri, sat, sun, ou um intervalo como `mon-fri`",
);
const NO_TIME: Words = say!(
    "`{text}` no es una hora del día",
    "`{text}` is not a time of day",
    "`{text}` não é uma hora do dia",
);
const TIMES_ARE: Words = say!(
    "escríbala con cuatro cifras, como `09:00` o `21:30`",
    "write it with four digits, like `09:00` or `21:30`",
    "escreva-a com quatro algarismos, como `09:00` ou `21:30`",
);
const OR_WHOSE: Words = say!(
    "{remedy}, o `contact`, o `org`",
    "{remedy}, or `contact`, or `org`",
    "{remedy}, ou `contact`, ou `org`",
);

/// A parsed [`Window`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowSpec {
    /// By days from Monday.
    days: [bool; 7],
    from: NaiveTime,
    /// `None` is midnight at the end of the day.
    to: Option<NaiveTime>,
    whose: Whose,
    holidays: bool,
}

/// Whose clock a window goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The person's the run is about.
    Contact,
    /// The organisation's.
    Org,
    /// The one written in the document.
    Zone(Tz),
}

impl WindowSpec {
    /// Checks a window. Without a zone it goes by the contact's clock.
    pub fn parse(window: &Window) -> Result<Self, TimeError> {
        let mut days = [window.days.is_empty(); 7];
        for text in &window.days {
            for part in text.split(',') {
                mark_days(part, &mut days)?;
            }
        }
        let from = parse_time(&window.from)?
            .ok_or_else(|| TimeError::from(Fault::new(FROM_END, FROM_START)))?;
        let to = parse_time(&window.to)?;
        if to == Some(from) {
            let fault = Fault::new(NEVER_OPEN, WHOLE_DAY);
            return Err(TimeError::from(fault.with("time", &window.from)));
        }
        let whose = match window.zone.as_deref().map(str::trim) {
            None | Some("contact") => Whose::Contact,
            Some("org") => Whose::Org,
            Some(name) => Whose::Zone(parse_zone(name).map_err(|error| {
                TimeError::from(Fault {
                    what: error.fault().what.clone(),
                    remedy: Phrase::new(OR_WHOSE)
                        .with_phrase("remedy", error.fault().remedy.clone()),
                })
            })?),
        };
        Ok(Self {
            days,
            from,
            to,
            whose,
            holidays: window.holidays,
        })
    }

    /// Whose clock it goes by.
    #[must_use]
    pub fn whose(&self) -> Whose {
        self.whose
    }

    /// Whether `at` is inside the window.
    #[must_use]
    pub fn is_open(&self, at: Timestamp, zone: Tz, holidays: &[NaiveDate]) -> bool {
        self.next_open(at, zone, holidays) == Some(at)
    }

    /// `at` itself when it is inside the window, else the next moment that is. `None` when none is
    /// within a year, as when every allowed day is a holiday.
    ///
    /// A window belongs to the day it opens on: one that crosses midnight stays open into a day
    /// that is itself not allowed. An opening the spring gap skips is at the end of the gap; in the
    /// autumn a window opens at the first showing of its time and closes at the last.
    #[must_use]
    pub fn next_open(&self, at: Timestamp, zone: Tz, holidays: &[NaiveDate]) -> Option<Timestamp> {
        // `Zone` windows carry their own clock, whatever the caller's is.
        let zone = match self.whose {
            Whose::Zone(zone) => zone,
            Whose::Contact | Whose::Org => zone,
        };
        let today = at.in_zone(zone)?.date_naive();
        let first = today.pred_opt()?;
        (0..DAYS_AHEAD_MAX)
            .filter_map(|ahead| first.checked_add_days(Days::new(ahead)))
            .filter(|day| self.allows(*day, holidays))
            .filter_map(|day| self.on(day, zone))
            .find(|(_, closes)| at < *closes)
            .map(|(opens, _)| opens.max(at))
    }

    fn allows(&self, day: NaiveDate, holidays: &[NaiveDate]) -> bool {
        let weekday = day.weekday().num_days_from_monday() as usize;
        self.days.get(weekday).copied().unwrap_or(false)
            && (self.holidays || !holidays.contains(&day))
    }

    /// When the window of a day opens, and the first moment it is closed again.
    fn on(&self, day: NaiveDate, zone: Tz) -> Option<(Timestamp, Timestamp)> {
        let opens = to_instant(day.and_time(self.from), zone)?;
        let closes = match self.to {
            Some(to) if to > self.from => day.and_time(to),
            Some(to) => day.succ_opt()?.and_time(to),
            None => day.succ_opt()?.and_time(NaiveTime::MIN),
        };
        // The gap may swallow a window whole.
        Some((opens, to_last_instant(closes, zone)?)).filter(|(opens, closes)| opens < closes)
    }
}

/// Marks `sat`, `mon-fri`, or `fri-mon` across the end of the week.
fn mark_days(text: &str, days: &mut [bool; 7]) -> Result<(), TimeError> {
    let text = text.trim().to_lowercase();
    let (first, last) = text.split_once('-').unwrap_or((&text, &text));
    let (first, last) = (day_index(first, &text)?, day_index(last, &text)?);
    let mut day = first;
    loop {
        if let Some(marked) = days.get_mut(day) {
            *marked = true;
        }
        if day == last {
            return Ok(());
        }
        day = (day + 1) % 7;
    }
}

fn day_index(name: &str, whole: &str) -> Result<usize, TimeError> {
    let name = name.trim();
    DAY_NAMES
        .iter()
        .position(|(short, _)| *short == name)
        .ok_or_else(|| TimeError::from(Fault::new(NO_DAY, DAYS_ARE).with("text", clip(whole))))
}

/// A time of day; `24:00` is `None`.
fn parse_time(text: &str) -> Result<Option<NaiveTime>, TimeError> {
    let text = text.trim();
    if text == "24:00" {
        return Ok(None);
    }
    let wrong = || TimeError::from(Fault::new(NO_TIME, TIMES_ARE).with("text", clip(text)));
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return Err(wrong());
    }
    let hour = hour.parse().map_err(|_| wrong())?;
    let minute = minute.parse().map_err(|_| wrong())?;
    NaiveTime::from_hms_opt(hour, minute, 0)
        .map(Some)
        .ok_or_else(wrong)
}
