//! Devices as a table for spreadsheets, and back. What is written is read as the same.

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{ids::RecordId, store::records::Record};
use serde_json::{Map, Number, Value, json};

use super::check::TAG_SEPARATOR;

/// Lines that are read at once.
pub const LINES_MAX: usize = 5_000;
/// What spreadsheets of some countries need to see that a file is UTF-8.
const BOM: char = '\u{feff}';
/// A spreadsheet takes a cell that begins so for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Says that a cell is a text.
const QUOTE: char = '\'';

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Text,
    Tags,
    Lat,
    Lon,
    Json,
}

/// The columns, in the order in which they are written.
const COLUMNS: [(&str, Column); 11] = [
    ("id", Column::Id),
    ("name", Column::Text),
    ("place", Column::Text),
    ("tags", Column::Tags),
    ("model", Column::Text),
    ("serial", Column::Text),
    ("note", Column::Text),
    ("lat", Column::Lat),
    ("lon", Column::Lon),
    ("profile", Column::Json),
    ("custom", Column::Json),
];

/// A line that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which line of the file, from 1.
    pub number: u64,
    pub id: Option<RecordId>,
    /// The fields whose columns are there; null where a cell is empty.
    pub fields: Map<String, Value>,
}

/// Something wrong in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    pub number: u64,
    /// Which column; empty for the line as a whole.
    pub field: String,
    pub message: Phrase,
}

/// Why a table cannot be read at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Unreadable {
    /// There is no column for the name.
    NoName,
    UnknownColumn(String),
    TwiceColumn(String),
    TooLong,
    /// The first line cannot be read.
    NoHeader,
}

impl Unreadable {
    /// Why, and what to do about it.
    #[must_use]
    pub fn message(&self) -> Phrase {
        let columns = || COLUMNS.map(|(name, _)| name).join(", ");
        match self {
            Self::NoName => Phrase::new(say!(
                "La primera línea no tiene la columna `name`; las columnas son: {columns}.",
                "The first line has no column `name`; the columns are: {columns}.",
                "A primeira linha não tem a coluna `name`; as colunas são: {columns}.",
            ))
            .with("columns", columns()),
            Self::UnknownColumn(name) => Phrase::new(say!(
                "La columna `{name}` no se conoce; las columnas son: {columns}.",
                "The column `{name}` is not known; the columns are: {columns}.",
                "A coluna `{name}` não é conhecida; as colunas são: {columns}.",
            ))
            .with("name", name)
            .with("columns", columns()),
            Self::TwiceColumn(name) => Phrase::new(say!(
                "La columna `{name}` está dos veces; sacá una.",
                "The column `{name}` stands twice; remove one.",
                "A coluna `{name}` aparece duas vezes; remova uma.",
            ))
            .with("name", name),
            Self::TooLong => Phrase::new(say!(
                "La tabla tiene más de {max} líneas; partila en varias.",
                "The table has more than {max} lines; split it.",
                "A tabela tem mais de {max} linhas; divida-a.",
            ))
            .with("max", LINES_MAX),
            Self::NoHeader => Phrase::new(say!(
                "La primera línea, con los nombres de las columnas, no se puede leer.",
                "The first line, with the names of the columns, cannot be read.",
                "A primeira linha, com os nomes das colunas, não pode ser lida.",
            )),
        }
    }
}

/// A table that is written device by device.
pub struct Sheet(csv::Writer<Vec<u8>>);

impl Default for Sheet {
    fn default() -> Self {
        let mut writer = WriterBuilder::new().from_writer(start());
        // Writing into memory cannot fail.
        drop(writer.write_record(COLUMNS.map(|(name, _)| name)));
        Self(writer)
    }
}

impl Sheet {
    /// Adds a device.
    pub fn add(&mut self, device: &Record) {
        let cells = COLUMNS.map(|(name, column)| match column {
            Column::Id => device.id.to_string(),
            Column::Text => device.data.get(name).map_or_else(String::new, text),
            Column::Tags => tags(device.data.get(name)),
            Column::Lat | Column::Lon => device
                .data
                .get("location")
                .and_then(|location| location.get(name))
                .map_or_else(String::new, Value::to_string),
            Column::Json => device
                .data
                .get(name)
                .map_or_else(String::new, Value::to_string),
        });
        // Writing into memory cannot fail, and every line has all columns.
        drop(self.0.write_record(cells));
    }

    /// The whole table.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

fn text(value: &Value) -> String {
    guarded(value.as_str().unwrap_or_default())
}

fn tags(value: Option<&Value>) -> String {
    let tags = value.and_then(Value::as_array).into_iter().flatten();
    let tags: Vec<&str> = tags.filter_map(Value::as_str).collect();
    guarded(&tags.join(&TAG_SEPARATOR.to_string()))
}

/// What a table begins with.
pub(crate) fn start() -> Vec<u8> {
    BOM.encode_utf8(&mut [0; 4]).as_bytes().to_vec()
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn guarded(text: &str) -> String {
    if text.trim_start_matches(QUOTE).starts_with(FORMULA) {
        format!("{QUOTE}{text}")
    } else {
        text.to_owned()
    }
}

/// The text that was guarded.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(QUOTE) {
        Some(text) if text.trim_start_matches(QUOTE).starts_with(FORMULA) => text,
        Some(_) | None => cell,
    }
}

/// Reads a table: its lines, each right or with everything that is wrong with it. Columns may be in any
/// order, parted by commas or semicolons, and left out.
///
/// # Errors
/// When it cannot be read as a table of devices at all.
pub fn read(table: &str) -> Result<Vec<Result<Line, Vec<Wrong>>>, Unreadable> {
    let table = table.strip_prefix(BOM).unwrap_or(table);
    let first = table.lines().next().unwrap_or_default();
    // Where the comma is for decimals, spreadsheets part cells by semicolons.
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(table.as_bytes());
    let columns = columns(reader.headers().map_err(|_| Unreadable::NoHeader)?)?;
    let (mut lines, mut place) = (Vec::new(), Place::default());
    for (at, record) in reader.records().enumerate() {
        if at >= LINES_MAX {
            return Err(Unreadable::TooLong);
        }
        lines.push(match record {
            Ok(record) => line(&record, place.at(table, record.position()), &columns),
            Err(error) => Err(vec![broken(&error, place.at(table, error.position()))]),
        });
    }
    Ok(lines)
}

/// How far lines are counted: the reader's own count is one short where lines end with `\r\n`.
#[derive(Default)]
struct Place {
    bytes: usize,
    breaks: u64,
}

impl Place {
    /// Which line a record begins in, from 1.
    fn at(&mut self, table: &str, begins: Option<&csv::Position>) -> u64 {
        let begins = begins.map_or(self.bytes, |place| {
            usize::try_from(place.byte()).unwrap_or(usize::MAX)
        });
        let text = table.as_bytes();
        // Where a record begins, the end of the line before it may be left over.
        let over = text.get(begins..).unwrap_or_default();
        let over = over.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let end = (begins + over.count()).max(self.bytes).min(text.len());
        let passed = text.get(self.bytes..end).unwrap_or_default();
        self.breaks += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.bytes = end;
        self.breaks + 1
    }
}

fn columns(header: &StringRecord) -> Result<Vec<(&'static str, Column)>, Unreadable> {
    let mut found: Vec<(&'static str, Column)> = Vec::new();
    for name in header {
        let name = name.trim().to_lowercase();
        let known = COLUMNS.iter().find(|(known, _)| *known == name);
        let known = known.ok_or_else(|| Unreadable::UnknownColumn(name.clone()))?;
        if found.contains(known) {
            return Err(Unreadable::TwiceColumn(name));
        }
        found.push(*known);
    }
    if found.iter().any(|(name, _)| *name == "name") {
        Ok(found)
    } else {
        Err(Unreadable::NoName)
    }
}

fn broken(error: &csv::Error, number: u64) -> Wrong {
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Phrase::new(say!(
            "tiene {found} celdas, y la primera línea {wanted}",
            "has {found} cells, and the first line {wanted}",
            "tem {found} células, e a primeira linha {wanted}",
        ))
        .with("found", len)
        .with("wanted", expected_len),
        _ => Phrase::new(say!(
            "no se puede leer",
            "cannot be read",
            "não pode ser lida"
        )),
    };
    Wrong {
        number,
        field: String::new(),
        message,
    }
}

fn line(
    record: &StringRecord,
    number: u64,
    columns: &[(&'static str, Column)],
) -> Result<Line, Vec<Wrong>> {
    let mut line = Line {
        number,
        id: None,
        fields: Map::new(),
    };
    let mut place = Map::new();
    let mut wrong = Vec::new();
    for ((name, column), cell) in columns.iter().zip(record) {
        let cell = cell.trim();
        match value(*column, cell) {
            Ok(value) => match column {
                Column::Id => line.id = value.as_str().and_then(|id| id.parse().ok()),
                Column::Lat | Column::Lon => {
                    place.insert((*name).to_owned(), value);
                }
                Column::Text | Column::Tags | Column::Json => {
                    line.fields.insert((*name).to_owned(), value);
                }
            },
            Err(message) => wrong.push(Wrong {
                number,
                field: (*name).to_owned(),
                message,
            }),
        }
    }
    match location(place) {
        Ok(None) => {}
        Ok(Some(location)) => {
            line.fields.insert("location".to_owned(), location);
        }
        Err(message) => wrong.push(Wrong {
            number,
            field: "lat".to_owned(),
            message,
        }),
    }
    if wrong.is_empty() {
        Ok(line)
    } else {
        Err(wrong)
    }
}

/// What a cell says; null when it is empty.
fn value(column: Column, cell: &str) -> Result<Value, Phrase> {
    if cell.is_empty() {
        return Ok(Value::Null);
    }
    match column {
        Column::Id => Ok(json!(cell)),
        Column::Text => Ok(json!(unguarded(cell))),
        Column::Tags => {
            let tags = unguarded(cell).split(TAG_SEPARATOR).map(str::trim);
            let tags: Vec<&str> = tags.filter(|tag| !tag.is_empty()).collect();
            Ok(json!(tags))
        }
        Column::Lat | Column::Lon => {
            // As it is stored: 5 and 5.0 are not one text.
            let number = cell.replace(',', ".");
            let number = serde_json::from_str::<Number>(&number).ok();
            number.map(Value::Number).ok_or_else(|| {
                Phrase::new(say!("no es un número", "is no number", "não é um número"))
            })
        }
        Column::Json => match serde_json::from_str(cell) {
            Ok(object @ Value::Object(_)) => Ok(object),
            Ok(_) | Err(_) => Err(Phrase::new(say!(
                "no es un objeto JSON, como {\"a\": 1}",
                "is no JSON object, such as {\"a\": 1}",
                "não é um objeto JSON, como {\"a\": 1}",
            ))),
        },
    }
}

/// A place of both numbers; null when both cells are empty, nothing when there are no such columns.
fn location(mut place: Map<String, Value>) -> Result<Option<Value>, Phrase> {
    if place.is_empty() {
        return Ok(None);
    }
    let (lat, lon) = (place.remove("lat"), place.remove("lon"));
    let given = |value: Option<Value>| value.filter(|value| !value.is_null());
    match (given(lat), given(lon)) {
        (Some(lat), Some(lon)) => Ok(Some(json!({ "lat": lat, "lon": lon }))),
        (None, None) => Ok(Some(Value::Null)),
        (Some(_), None) | (None, Some(_)) => Err(Phrase::new(say!(
            "`lat` y `lon` van juntos",
            "`lat` and `lon` go together",
            "`lat` e `lon` vão juntos",
        ))),
    }
}

#[cfg(test)]
mod tests {
    use operandi_dsl::{Sentence, catalog::Lang, time::Timestamp};
    use operandi_engine::clock;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Device, Record as _};

    fn record(data: Value) -> Record {
        Record {
            id: RecordId::from_uuid(clock::new_uuid()),
            kind: "device".to_owned(),
            data: data.as_object().cloned().expect("an object"),
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    fn written(devices: &[Record]) -> String {
        let mut sheet = Sheet::default();
        devices.iter().for_each(|device| sheet.add(device));
        String::from_utf8(sheet.finish()).expect("UTF-8")
    }

    fn lines(table: &str) -> Vec<Line> {
        let lines = read(table).expect("a table");
        lines
            .into_iter()
            .map(|line| line.expect("a line"))
            .collect()
    }

    /// The fields that say something.
    fn said(line: &Line) -> Value {
        let fields = line.fields.iter().filter(|(_, value)| !value.is_null());
        Value::Object(
            fields
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let odd = json!({
            "name": "=1+1; \"quoted\", and\nof two lines", "place": "'=x", "note": "'plain",
            "custom": { "a": [1, "ñ"] }, "tags": ["-1", "cámara fría"],
        });
        let devices = [
            record(Device::sample()),
            record(odd),
            record(json!({ "name": "x" })),
        ];
        let table = written(&devices);
        assert!(table.contains("'=1+1") && table.contains("''=x"), "{table}");
        let read = lines(&table);
        assert_eq!(read.len(), 3);
        for (line, device) in read.iter().zip(&devices) {
            assert_eq!(line.id, Some(device.id));
            assert_eq!(said(line), Value::Object(device.data.clone()));
        }
        assert_eq!(read[2].number, 5, "the second device has two lines");
    }

    proptest! {
        #[test]
        fn any_text_survives(name in "[ -~ñ°\n]{0,40}") {
            let name = name.trim();
            prop_assume!(!name.is_empty());
            let table = written(&[record(json!({ "name": name }))]);
            prop_assert_eq!(said(&lines(&table)[0]), json!({ "name": name }));
        }
    }

    #[test]
    fn a_table_of_a_spreadsheet_is_read_in_its_own_way() {
        let table = "\u{feff}Name;LAT;lon; tags \r\nHeladera;-34,6;-58,38;cocina; \r\n";
        let wrong = read(table).expect("a table");
        assert_eq!(wrong[0].as_ref().expect_err("too many cells")[0].number, 2);
        let table =
            "\u{feff}Name;LAT;lon; tags \r\nHeladera;-34,6;-58,38;\"a; b;\"\r\nHorno;;;\r\n";
        let read = lines(table);
        let first = json!({ "name": "Heladera", "tags": ["a", "b"], "location": { "lat": -34.6, "lon": -58.38 } });
        assert_eq!(said(&read[0]), first);
        let nulls = json!({ "name": "Horno", "tags": null, "location": null });
        assert_eq!(
            Value::Object(read[1].fields.clone()),
            nulls,
            "empty cells clear"
        );
        let only = lines("name\nHorno\n");
        assert_eq!(
            Value::Object(only[0].fields.clone()),
            json!({ "name": "Horno" })
        );
    }

    #[test]
    fn each_line_says_what_is_wrong_with_it() {
        let table = "name,lat,lon,profile\nA,x,1,{}\nB,1,,[]\nC,1,2\nD,1,2,{}\n";
        let read = read(table).expect("a table");
        let wrong: Vec<Vec<(u64, String)>> = read
            .iter()
            .map(|line| match line {
                Ok(_) => Vec::new(),
                Err(wrong) => wrong
                    .iter()
                    .map(|one| (one.number, one.field.clone()))
                    .collect(),
            })
            .collect();
        let at = |number, field: &str| (number, field.to_owned());
        assert_eq!(
            wrong,
            [
                vec![at(2, "lat"), at(2, "lat")],
                vec![at(3, "profile"), at(3, "lat")],
                vec![at(4, "")],
                vec![]
            ]
        );
    }

    #[test]
    fn what_is_no_table_of_devices_is_said() {
        let long = format!("name\n{}", "x\n".repeat(LINES_MAX + 1));
        for (table, want) in [
            ("", Unreadable::NoName),
            ("place\nx\n", Unreadable::NoName),
            (
                "name,colour\n",
                Unreadable::UnknownColumn("colour".to_owned()),
            ),
            ("name,Name\n", Unreadable::TwiceColumn("name".to_owned())),
            (&long, Unreadable::TooLong),
        ] {
            let unreadable = read(table).expect_err("no table");
            assert_eq!(unreadable, want);
            let told = Sentence::from(unreadable.message());
            assert!(!told.get(Lang::Pt).contains('{'), "{told}");
        }
    }
}
