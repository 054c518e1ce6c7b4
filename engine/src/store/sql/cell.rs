//! One value of a batch, made from any field: what is composite becomes JSON text.

use std::fmt::Display;

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap},
};

/// One value of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

type Wrong = serde_json::Error;

/// Writes one field into a cell; what is composite becomes JSON text.
pub(super) struct ToCell;

/// A composite field on its way to JSON text.
struct Composite(serde_json::Value);

impl Serializer for ToCell {
    type Ok = Cell;
    type Error = Wrong;
    type SerializeSeq = Nested<<serde_json::value::Serializer as Serializer>::SerializeSeq>;
    type SerializeTuple = Nested<<serde_json::value::Serializer as Serializer>::SerializeTuple>;
    type SerializeTupleStruct =
        Nested<<serde_json::value::Serializer as Serializer>::SerializeTupleStruct>;
    type SerializeTupleVariant =
        Nested<<serde_json::value::Serializer as Serializer>::SerializeTupleVariant>;
    type SerializeMap = Nested<<serde_json::value::Serializer as Serializer>::SerializeMap>;
    type SerializeStruct = Nested<<serde_json::value::Serializer as Serializer>::SerializeStruct>;
    type SerializeStructVariant =
        Nested<<serde_json::value::Serializer as Serializer>::SerializeStructVariant>;

    fn serialize_bool(self, value: bool) -> Result<Cell, Wrong> {
        Ok(Cell::Int(i64::from(value)))
    }

    fn serialize_i8(self, value: i8) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value))
    }

    fn serialize_u8(self, value: u8) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Cell, Wrong> {
        Ok(Cell::Int(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Cell, Wrong> {
        i64::try_from(value).map(Cell::Int).map_err(Wrong::custom)
    }

    fn serialize_f32(self, value: f32) -> Result<Cell, Wrong> {
        Ok(Cell::Real(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Cell, Wrong> {
        Ok(Cell::Real(value))
    }

    fn serialize_char(self, value: char) -> Result<Cell, Wrong> {
        Ok(Cell::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Cell, Wrong> {
        Ok(Cell::Text(value.to_owned()))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Cell, Wrong> {
        Err(Wrong::custom("there are no columns of bytes"))
    }

    fn serialize_none(self) -> Result<Cell, Wrong> {
        Ok(Cell::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Cell, Wrong> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Cell, Wrong> {
        Ok(Cell::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Cell, Wrong> {
        Ok(Cell::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Cell, Wrong> {
        Ok(Cell::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Cell, Wrong> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Cell, Wrong> {
        let json =
            serde_json::value::Serializer.serialize_newtype_variant(name, index, variant, value)?;
        Ok(Composite(json).into())
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, Wrong> {
        serde_json::value::Serializer.serialize_seq(len).map(Nested)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, Wrong> {
        serde_json::value::Serializer
            .serialize_tuple(len)
            .map(Nested)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, Wrong> {
        serde_json::value::Serializer
            .serialize_tuple_struct(name, len)
            .map(Nested)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, Wrong> {
        serde_json::value::Serializer
            .serialize_tuple_variant(name, index, variant, len)
            .map(Nested)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, Wrong> {
        serde_json::value::Serializer.serialize_map(len).map(Nested)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, Wrong> {
        serde_json::value::Serializer
            .serialize_struct(name, len)
            .map(Nested)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, Wrong> {
        serde_json::value::Serializer
            .serialize_struct_variant(name, index, variant, len)
            .map(Nested)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Cell, Wrong> {
        Ok(Cell::Text(value.to_string()))
    }
}

impl From<Composite> for Cell {
    fn from(composite: Composite) -> Self {
        Self::Text(composite.0.to_string())
    }
}

/// A composite field in the making; its end is a cell of JSON text.
pub(super) struct Nested<S>(S);

macro_rules! nested {
    ($($name:ident::$method:ident($($arg:ident: $kind:ty),*);)*) => {$(
        impl<S: serde::ser::$name<Ok = serde_json::Value, Error = Wrong>> serde::ser::$name for Nested<S> {
            type Ok = Cell;
            type Error = Wrong;

            fn $method<T: Serialize + ?Sized>(&mut self, $($arg: $kind,)* value: &T) -> Result<(), Wrong> {
                self.0.$method($($arg,)* value)
            }

            fn end(self) -> Result<Cell, Wrong> {
                Ok(Composite(self.0.end()?).into())
            }
        }
    )*};
}

nested! {
    SerializeSeq::serialize_element();
    SerializeTuple::serialize_element();
    SerializeTupleStruct::serialize_field();
    SerializeTupleVariant::serialize_field();
    SerializeStruct::serialize_field(key: &'static str);
    SerializeStructVariant::serialize_field(key: &'static str);
}

impl<S: SerializeMap<Ok = serde_json::Value, Error = Wrong>> SerializeMap for Nested<S> {
    type Ok = Cell;
    type Error = Wrong;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Wrong> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Wrong> {
        self.0.serialize_value(value)
    }

    fn end(self) -> Result<Cell, Wrong> {
        Ok(Composite(self.0.end()?).into())
    }
}
