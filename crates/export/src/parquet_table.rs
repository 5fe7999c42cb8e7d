//! Rows as a Parquet file, group by group: postings and answers alike, in columns that analysts' programs read.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use crate::columns::{Column, DECIMALS, DIGITS, Holds, Value};

/// Values of a group: a few megabytes of memory while it is written.
const GROUP_VALUES: usize = 12 << 16;

/// What was written and not taken yet.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Out {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
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

/// The values of one column that wait for their group to be full.
enum Values {
    Int(Vec<i32>),
    Long(Vec<i64>),
    Flag(Vec<bool>),
    Bytes(Vec<ByteArray>),
    Decimal(Vec<FixedLenByteArray>),
}

/// A column on its way. Where it may be empty, `levels` says of each row whether there is a value.
struct Filled {
    values: Values,
    levels: Option<Vec<i16>>,
}

/// A file on its way.
pub(crate) struct ParquetTable {
    writer: SerializedFileWriter<Out>,
    out: Out,
    columns: Vec<Filled>,
    row_count: usize,
    row_count_max: usize,
}

impl ParquetTable {
    /// Begins a file; `beside` are pairs of name and text that stand in its metadata.
    pub(crate) fn new(name: &str, columns: &[Column<'_>], beside: &[(String, String)]) -> Result<Self, ParquetError> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder(name).with_fields(fields).build()?;
        let beside: Vec<KeyValue> =
            beside.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_key_value_metadata(Some(beside).filter(|beside| !beside.is_empty()));
        let out = Out::default();
        let writer = SerializedFileWriter::new(out.clone(), Arc::new(schema), Arc::new(properties.build()))?;
        let row_count_max = (GROUP_VALUES / columns.len().max(1)).max(1);
        Ok(Self { writer, out, columns: columns.iter().map(Filled::new).collect(), row_count: 0, row_count_max })
    }

    /// Adds a row, which has a value for each column; gives what the file grew by.
    pub(crate) fn push<'v>(&mut self, row: impl IntoIterator<Item = Value<'v>>) -> Result<Vec<u8>, ParquetError> {
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.push(value)?;
        }
        self.row_count += 1;
        if self.row_count < self.row_count_max {
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
        if mem::take(&mut self.row_count) == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}

fn field(column: &Column<'_>) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.holds {
        Holds::Int => (Physical::INT32, None),
        Holds::Long => (Physical::INT64, None),
        Holds::Day => (Physical::INT32, Some(LogicalType::Date)),
        Holds::Moment => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Holds::Flag => (Physical::BOOLEAN, None),
        Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Holds::Decimal => {
            let decimal = LogicalType::decimal(DECIMALS.cast_signed(), DIGITS.cast_signed());
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(decimal))
        }
    };
    let repetition = if column.is_required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    let field = Type::primitive_type_builder(&column.name, physical).with_repetition(repetition);
    let field = match column.holds {
        Holds::Decimal => field.with_length(16).with_precision(DIGITS.cast_signed()).with_scale(DECIMALS.cast_signed()),
        Holds::Int | Holds::Long | Holds::Day | Holds::Moment | Holds::Flag | Holds::Text => field,
    };
    field.with_logical_type(logical).build()
}

impl Filled {
    fn new(column: &Column<'_>) -> Self {
        let values = match column.holds {
            Holds::Int | Holds::Day => Values::Int(Vec::new()),
            Holds::Long | Holds::Moment => Values::Long(Vec::new()),
            Holds::Flag => Values::Flag(Vec::new()),
            Holds::Text => Values::Bytes(Vec::new()),
            Holds::Decimal => Values::Decimal(Vec::new()),
        };
        Self { values, levels: (!column.is_required).then(Vec::new) }
    }

    fn push(&mut self, value: Value<'_>) -> Result<(), ParquetError> {
        let is_there = value != Value::Nothing;
        match (&mut self.values, value) {
            (_, Value::Nothing) if self.levels.is_some() => {}
            (Values::Int(values), Value::Int(value)) => values.push(value),
            (Values::Long(values), Value::Long(value)) => values.push(value),
            (Values::Flag(values), Value::Flag(value)) => values.push(value),
            (Values::Bytes(values), Value::Text(text)) => values.push(ByteArray::from(text.into_owned().into_bytes())),
            (Values::Decimal(values), Value::Decimal(units)) => values.push(units.to_be_bytes().to_vec().into()),
            (_, value) => return Err(ParquetError::General(format!("{value:?} does not fit its column"))),
        }
        if let Some(levels) = &mut self.levels {
            levels.push(i16::from(is_there));
        }
        Ok(())
    }

    /// Writes the column into its group, and begins anew.
    fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, Out>) -> Result<(), ParquetError> {
        let levels = self.levels.as_mut().map(mem::take);
        let levels = levels.as_deref();
        match &mut self.values {
            Values::Int(values) => column::<Int32Type>(group, &mem::take(values), levels),
            Values::Long(values) => column::<Int64Type>(group, &mem::take(values), levels),
            Values::Flag(values) => column::<BoolType>(group, &mem::take(values), levels),
            Values::Bytes(values) => column::<ByteArrayType>(group, &mem::take(values), levels),
            Values::Decimal(values) => column::<FixedLenByteArrayType>(group, &mem::take(values), levels),
        }
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Out>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a column more than the schema has".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
