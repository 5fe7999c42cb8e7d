//! Postings as a Parquet file: the same legs as the CSV, in columns that analysts' programs read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::export::Leg;

/// Columns, in the order in which they are written. `change` is a whole number of `1 / 10^decimals` of `unit`: a decimal
/// column of one scale cannot hold materials that are accounted differently.
const SCHEMA: &str = "message postings {
    REQUIRED INT64 seq;
    REQUIRED INT64 recorded_at (TIMESTAMP(MICROS, true));
    REQUIRED INT32 effective (DATE);
    REQUIRED BYTE_ARRAY act (STRING);
    REQUIRED BYTE_ARRAY lot (STRING);
    REQUIRED BYTE_ARRAY material (STRING);
    REQUIRED BYTE_ARRAY owner (STRING);
    REQUIRED BYTE_ARRAY place (STRING);
    REQUIRED INT64 change;
    REQUIRED BYTE_ARRAY unit (STRING);
    REQUIRED INT32 decimals;
    REQUIRED BYTE_ARRAY basis (STRING);
}";

/// Rows of a group: a few megabytes of memory while it is written.
const GROUP_ROWS: usize = 65_536;

/// What was written and not taken yet.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Out {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Rows {
    seq: Vec<i64>,
    recorded_at: Vec<i64>,
    effective: Vec<i32>,
    codes: [Vec<ByteArray>; 5],
    change: Vec<i64>,
    unit: Vec<ByteArray>,
    decimals: Vec<i32>,
    basis: Vec<ByteArray>,
}

/// A file on its way.
pub(crate) struct ParquetTable {
    writer: SerializedFileWriter<Out>,
    out: Out,
    rows: Rows,
}

impl ParquetTable {
    pub(crate) fn new() -> Result<Self, ParquetError> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let out = Out::default();
        let writer = SerializedFileWriter::new(out.clone(), schema, Arc::new(properties))?;
        Ok(Self { writer, out, rows: Rows::default() })
    }

    /// Adds a leg; gives what the file grew by.
    pub(crate) fn push(&mut self, leg: Leg<'_>) -> Result<Vec<u8>, ParquetError> {
        let rows = &mut self.rows;
        rows.seq.push(leg.seq.cast_signed());
        rows.recorded_at.push(leg.recorded_at.cast_signed());
        rows.effective.push(leg.effective);
        for (column, code) in rows.codes.iter_mut().zip(leg.codes) {
            column.push(ByteArray::from(code));
        }
        rows.change.push(leg.change);
        rows.unit.push(ByteArray::from(leg.unit.into_bytes()));
        rows.decimals.push(i32::from(leg.decimals));
        rows.basis.push(ByteArray::from(leg.basis.into_bytes()));
        if rows.seq.len() < GROUP_ROWS {
            return Ok(Vec::new());
        }
        self.group()?;
        Ok(self.out.take())
    }

    /// Writes the end of the file.
    pub(crate) fn end(mut self) -> Result<Vec<u8>, ParquetError> {
        self.group()?;
        self.writer.close()?;
        Ok(self.out.take())
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let Rows { seq, recorded_at, effective, codes, change, unit, decimals, basis } = std::mem::take(&mut self.rows);
        if seq.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let mut long = |values: &[i64]| column::<Int64Type>(&mut group, values);
        long(&seq)?;
        long(&recorded_at)?;
        column::<Int32Type>(&mut group, &effective)?;
        for values in &codes {
            column::<ByteArrayType>(&mut group, values)?;
        }
        column::<Int64Type>(&mut group, &change)?;
        column::<ByteArrayType>(&mut group, &unit)?;
        column::<Int32Type>(&mut group, &decimals)?;
        column::<ByteArrayType>(&mut group, &basis)?;
        group.close()?;
        Ok(())
    }
}

fn column<T: parquet::data_type::DataType>(
    group: &mut parquet::file::writer::SerializedRowGroupWriter<'_, Out>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a column more than the schema has".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}
