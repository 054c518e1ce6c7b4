//! The rows of a batch: structs taken apart into cells, so that each database gets them in the form
//! it reads fastest.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, Impossible, SerializeMap, SerializeStruct},
};

use super::{
    StoreError,
    cell::{Cell, ToCell},
};

/// The rows of a batch, each with the same columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowSet {
    columns: Vec<String>,
    /// Row after row.
    cells: Vec<Cell>,
    rows: usize,
}

impl RowSet {
    /// Takes structs or maps apart. Lists and maps inside become JSON text, flags 0 and 1.
    pub(super) fn of<T: Serialize>(rows: &[T]) -> Result<Self, StoreError> {
        let mut set = Self::default();
        for row in rows {
            let start = set.cells.len();
            row.serialize(TakeApart {
                set: &mut set,
                start,
            })
            .map_err(|error| {
                StoreError::bug(format!("a row of a batch cannot be taken apart: {error}"))
            })?;
            set.rows += 1;
            // Fields that were left out are empty; the first row knows all columns.
            set.cells.resize(set.rows * set.columns.len(), Cell::Null);
        }
        Ok(set)
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The values of one column; all empty when no row has it.
    pub(super) fn column(&self, name: &str) -> impl Iterator<Item = &Cell> {
        let at = self.columns.iter().position(|column| column == name);
        let width = self.columns.len();
        (0..self.rows).map(move |row| at.map_or(&Cell::Null, |at| &self.cells[row * width + at]))
    }

    /// All rows as a JSON array of objects.
    pub(super) fn json(&self) -> String {
        let objects = (0..self.rows).map(|row| {
            let cells = &self.cells[row * self.columns.len()..];
            let fields = self.columns.iter().zip(cells);
            let object = fields.map(|(column, cell)| {
                let value = match cell {
                    Cell::Null => serde_json::Value::Null,
                    Cell::Int(number) => (*number).into(),
                    Cell::Real(number) => (*number).into(),
                    Cell::Text(text) => text.as_str().into(),
                };
                (column.clone(), value)
            });
            serde_json::Value::Object(object.collect())
        });
        serde_json::Value::Array(objects.collect()).to_string()
    }
}

type Wrong = serde_json::Error;

/// Writes one struct or map into the set.
struct TakeApart<'a> {
    set: &'a mut RowSet,
    /// Where the row's cells begin.
    start: usize,
}

impl TakeApart<'_> {
    fn put(&mut self, name: &str, cell: Cell) -> Result<(), Wrong> {
        let at = self.set.cells.len() - self.start;
        // Rows of one struct name their fields in one order.
        if self
            .set
            .columns
            .get(at)
            .is_some_and(|column| column == name)
        {
            self.set.cells.push(cell);
            return Ok(());
        }
        if self.set.rows == 0 {
            self.set.columns.push(name.to_owned());
            self.set.cells.push(cell);
            return Ok(());
        }
        let Some(at) = self.set.columns.iter().position(|column| column == name) else {
            return Err(Wrong::custom(format!(
                "the first row has no field `{name}`"
            )));
        };
        let wanted = self.start + at;
        if self.set.cells.len() <= wanted {
            self.set.cells.resize(wanted + 1, Cell::Null);
        }
        self.set.cells[wanted] = cell;
        Ok(())
    }
}

impl SerializeStruct for TakeApart<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Wrong> {
        let cell = value.serialize(ToCell)?;
        self.put(key, cell)
    }

    fn end(self) -> Result<(), Wrong> {
        Ok(())
    }
}

/// A map's key waits for its value.
struct TakeMap<'a> {
    row: TakeApart<'a>,
    key: String,
}

impl SerializeMap for TakeMap<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Wrong> {
        match key.serialize(ToCell)? {
            Cell::Text(text) => self.key = text,
            _ => return Err(Wrong::custom("a column's name must be a text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Wrong> {
        let cell = value.serialize(ToCell)?;
        let key = std::mem::take(&mut self.key);
        self.row.put(&key, cell)
    }

    fn end(self) -> Result<(), Wrong> {
        Ok(())
    }
}

/// Refuses what has no place: a row must be a struct or a map.
macro_rules! refuse {
    ($ok:ty; $($method:ident($($arg:ty),*);)*) => {
        $(fn $method(self, $(_: $arg),*) -> Result<$ok, Wrong> {
            Err(Wrong::custom("a row of a batch must be a struct or a map"))
        })*
    };
}

impl<'a> Serializer for TakeApart<'a> {
    type Ok = ();
    type Error = Wrong;
    type SerializeSeq = Impossible<(), Wrong>;
    type SerializeTuple = Impossible<(), Wrong>;
    type SerializeTupleStruct = Impossible<(), Wrong>;
    type SerializeTupleVariant = Impossible<(), Wrong>;
    type SerializeMap = TakeMap<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Wrong>;

    refuse! { ();
        serialize_bool(bool); serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64); serialize_f32(f32);
        serialize_f64(f64); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]); serialize_none();
        serialize_unit(); serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }
    refuse! { Impossible<(), Wrong>;
        serialize_seq(Option<usize>); serialize_tuple(usize); serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Wrong> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Wrong> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Wrong> {
        Err(Wrong::custom("a row of a batch must be a struct or a map"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<TakeMap<'a>, Wrong> {
        Ok(TakeMap {
            row: self,
            key: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Wrong> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_taken_apart_by_column() {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            OneWord,
        }
        #[derive(Serialize)]
        struct Inner {
            a: i64,
        }
        #[derive(Serialize)]
        struct Row {
            #[serde(flatten)]
            inner: Inner,
            b: Option<&'static str>,
            c: bool,
            d: Word,
            e: serde_json::Value,
            f: f64,
        }
        let row = |a, b, e| Row {
            inner: Inner { a },
            b,
            c: true,
            d: Word::OneWord,
            e,
            f: 0.5,
        };
        let set = RowSet::of(&[
            row(1, None, json!({ "x": [1, "y"] })),
            row(2, Some("t"), json!(null)),
        ])
        .unwrap();
        let column = |name| set.column(name).cloned().collect::<Vec<_>>();
        assert_eq!(column("a"), [Cell::Int(1), Cell::Int(2)]);
        assert_eq!(column("b"), [Cell::Null, Cell::Text("t".into())]);
        assert_eq!(column("c"), [Cell::Int(1), Cell::Int(1)]);
        assert_eq!(column("d")[0], Cell::Text("one_word".into()));
        assert_eq!(
            column("e"),
            [Cell::Text(r#"{"x":[1,"y"]}"#.into()), Cell::Null]
        );
        assert_eq!(column("f")[1], Cell::Real(0.5));
        assert_eq!(column("unheard_of"), [Cell::Null, Cell::Null]);
    }

    #[test]
    fn maps_are_rows_too_whatever_their_order() {
        let set = RowSet::of(&[
            json!({ "a": 1, "b": "x" }),
            json!({ "b": "y", "a": 2 }),
            json!({ "b": "z" }),
        ])
        .unwrap();
        assert_eq!(
            set.json(),
            r#"[{"a":1,"b":"x"},{"a":2,"b":"y"},{"a":null,"b":"z"}]"#
        );
        assert!(RowSet::of(&[json!({ "a": 1 }), json!({ "c": 2 })]).is_err());
        assert!(RowSet::of(&[1]).is_err());
    }
}
