use std::time::Duration;

use chrono_tz::Tz;
use operandi_dsl::{catalog::Lang, time::Timestamp};
use operandi_engine::{
    sensor::{Ledger, Limits, Metric, Pace},
    store::readings::Detail,
};

use super::{Action, ColdChain};

/// 2026-11-01 00:00 in New York, the day of 25 hours.
const LONG_DAY: Timestamp = Timestamp(1_793_505_600_000);
const MINUTE: i64 = 60_000;

/// A fridge that was too warm from the 90th minute on, for an hour, and silent for another hour later.
fn report(lang: Lang, zone: Tz, hours: i64) -> ColdChain {
    let metric = Metric {
        pace: Pace::Every(Duration::from_secs(60)),
        tolerance: Duration::ZERO,
        power_on: None,
    };
    let limits = Limits {
        above: Some(8.0),
        below: None,
    };
    let (from, until) = (LONG_DAY, Timestamp(LONG_DAY.0 + hours * 60 * MINUTE));
    let mut ledger = Ledger::new(metric, limits, from, until);
    for minute in (0..hours * 60).filter(|minute| !(300..360).contains(minute)) {
        let wave = (minute as f64 / 40.0).sin();
        let value = if (90..150).contains(&minute) {
            11.0
        } else {
            4.0
        };
        ledger.take(Timestamp(from.0 + minute * MINUTE), Some(value + wave));
    }
    ColdChain {
        lang,
        zone,
        shop: "Carnicería Ñandú".to_owned(),
        device: "=HYPERLINK(\"x\")".to_owned(),
        place: Some("Depósito".to_owned()),
        serial: None,
        metric: "Temperatura".to_owned(),
        unit: Some("°C".to_owned()),
        from,
        until,
        made_at: until,
        limits,
        gap: metric.pace.gap(),
        detail: Detail::Readings,
        account: ledger.finish(),
        actions: vec![Action {
            at: Timestamp(from.0 + 100 * MINUTE),
            alert: "Heladera caliente".to_owned(),
            says: "Ana se ocupa.".to_owned(),
            note: Some("Se cerró la puerta, que había quedado abierta.".to_owned()),
        }],
    }
}

/// The lines of the table.
fn lines(report: &ColdChain) -> Vec<Vec<String>> {
    let table = report.csv();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(table.strip_prefix("\u{feff}".as_bytes()).unwrap());
    let line =
        |record: Result<csv::StringRecord, _>| record.unwrap().iter().map(str::to_owned).collect();
    reader.records().map(line).collect()
}

#[test]
fn the_table_tells_times_of_the_shop_and_starts_no_formula() {
    let lines = lines(&report(Lang::Es, Tz::America__New_York, 24));
    let of = |what: &str| -> Vec<&[String]> {
        let found = lines.iter().filter(|line| line[0] == what);
        found.map(|line| &line[1..]).collect()
    };
    assert_eq!(of("dispositivo")[0][4], "'=HYPERLINK(\"x\")");
    // One o'clock comes twice that night: the hour of the breach begins in the first and ends in the second.
    assert_eq!(
        of("fuera del límite")[0][..3],
        [
            "2026-11-01T01:30:00-04:00",
            "2026-11-01T01:30:00-05:00",
            "60.0"
        ]
    );
    assert_eq!(
        of("no observado")[0][..3],
        [
            "2026-11-01T03:59:00-05:00",
            "2026-11-01T05:00:00-05:00",
            "61.0"
        ]
    );
    assert_eq!(of("período")[0][2], "1440.0");
    assert_eq!(
        of("qué se hizo")[0][4],
        "Heladera caliente: Ana se ocupa. Se cerró la puerta, que había quedado abierta."
    );
}

#[test]
fn a_breach_that_goes_on_has_no_end() {
    let lines = lines(&report(Lang::En, Tz::UTC, 2));
    let breach = lines
        .iter()
        .find(|line| line[0] == "beyond the limit")
        .unwrap();
    assert_eq!(breach[1..4], ["2026-11-01T05:30:00+00:00", "", "30.0"]);
}

/// Whether a page says a text: texts stand in the file as they are, or in hexadecimal where they have accents.
fn says(pdf: &[u8], text: &str) -> bool {
    let letter = |letter: char| u8::try_from(u32::from(letter)).expect("a letter of Latin-1");
    let bytes: Vec<u8> = text.chars().map(letter).collect();
    let coded = hex::encode_upper(&bytes);
    [bytes.as_slice(), coded.as_bytes()]
        .into_iter()
        .any(|wanted| pdf.windows(wanted.len()).any(|window| window == wanted))
}

#[test]
fn the_paper_speaks_the_readers_language_and_numbers_its_pages() {
    for (lang, title, page) in [
        (Lang::Es, "Informe de cadena de frío", "Página 1 de 1"),
        (Lang::En, "Cold-chain report", "Page 1 of 1"),
        (Lang::Pt, "Relatório da cadeia de frio", "Página 1 de 1"),
    ] {
        let pdf = report(lang, Tz::America__Argentina__Buenos_Aires, 24).pdf();
        assert!(pdf.starts_with(b"%PDF-"));
        for text in [title, page, "Carnicería Ñandú", "Depósito"] {
            assert!(says(&pdf, text), "{lang:?}: {text}");
        }
    }
}

#[test]
fn long_lists_go_on_on_further_pages() {
    let mut report = report(Lang::Es, Tz::UTC, 24);
    let action = report.actions[0].clone();
    report.actions = vec![action; 80];
    let pdf = report.pdf();
    let last = |page: &i32| says(&pdf, &format!("Página {page} de {page}"));
    assert_eq!((1..20).find(last), Some(5));
    assert!(says(&pdf, "Firma"));
}

#[test]
fn nothing_observed_is_a_report_too() {
    let mut report = report(Lang::Es, Tz::UTC, 24);
    let metric = Metric {
        pace: Pace::OnChange,
        tolerance: Duration::ZERO,
        power_on: None,
    };
    report.account = Ledger::new(metric, report.limits, report.from, report.until).finish();
    report.actions.clear();
    assert!(says(&report.pdf(), "No hubo alertas ni respuestas."));
}
