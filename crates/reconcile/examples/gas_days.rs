//! Classes the daily differences of a gas store: book (stock before + injection - withdrawal) less physical stock.
//!
//!     cargo run --release -p reconcile --example gas_days -- storage_daily.csv
//!
//! The file has the columns `gas_day`, `stock_twh`, `injection_gwh` and `withdrawal_gwh`, as in the extracts of AGSI+ of Gas
//! Infrastructure Europe. It does not come with the code: its licence is not a named open one.

use std::error::Error;

use measure::parse_decimal;
use reconcile::Day;
use reconcile::sigma::robust_sigma;
use reconcile::timing::{Difference, SeriesClass, SeriesRule, classify};

/// Units are 0.01 GWh: the flows' last decimal. Stocks are told to 0.0001 TWh, which is 10 of them.
const DECIMALS: u8 = 2;
const STOCK_DECIMALS: u8 = 5;

/// Two stocks are off by at most half of 10, two flows by at most half of 1.
const ROUNDING: u64 = 11;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("the argument is the path of a CSV file")?;
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("there is no `{name}`"));
    let columns = [column("gas_day")?, column("stock_twh")?, column("injection_gwh")?, column("withdrawal_gwh")?];

    let mut days: Vec<String> = Vec::new();
    let mut series = Vec::new();
    let mut stock_before = None;
    for (row, number) in reader.records().zip(0..) {
        let row = row?;
        let [day, stock, injection, withdrawal] = columns.map(|column| &row[column]);
        let stock = parse_decimal(stock, STOCK_DECIMALS)?.units();
        let flow = parse_decimal(injection, DECIMALS)?.units() - parse_decimal(withdrawal, DECIMALS)?.units();
        if let Some(before) = stock_before.replace(stock) {
            // The extract has no missing day, so that the number of the row is a day.
            series.push(Difference { day: Day(number), muf: i128::from(before + flow - stock) });
            days.push(day.to_owned());
        }
    }

    let mufs: Vec<i128> = series.iter().map(|difference| difference.muf).collect();
    let sigma = robust_sigma(&mufs).ok_or("the file has fewer than two days")?;
    let classes = classify(&series, &SeriesRule { sigma, rounding: ROUNDING, days: 3 });

    let gwh = |units: f64| units / 100.0;
    println!(
        "{} differences, median |MUF| {:.1} GWh, robust sigma {:.1} GWh",
        mufs.len(),
        gwh(sigma / 1.4826),
        gwh(sigma)
    );
    let plain = (mufs.iter().map(|muf| (*muf as f64).powi(2)).sum::<f64>() / mufs.len() as f64).sqrt();
    println!("plain standard deviation {:.1} GWh: what outliers would make of it", gwh(plain));
    let count = |wanted: fn(&SeriesClass) -> bool| classes.iter().filter(|class| wanted(class)).count();
    println!("{:>5} closed", count(|class| matches!(class, SeriesClass::Closed)));
    println!("{:>5} rounding", count(|class| matches!(class, SeriesClass::Rounding)));
    println!("{:>5} noise, within 3 sigma", count(|class| matches!(class, SeriesClass::Noise)));
    println!("{:>5} timing, in pairs within 3 days", count(|class| matches!(class, SeriesClass::TimingPair { .. })));
    println!("{:>5} open breaks", count(|class| matches!(class, SeriesClass::OpenBreak)));

    println!("\nthe 30 largest:");
    let mut largest: Vec<usize> = (0..series.len()).collect();
    largest.sort_by_key(|index| std::cmp::Reverse(mufs[*index].unsigned_abs()));
    for index in largest.into_iter().take(30) {
        let told = match classes[index] {
            SeriesClass::TimingPair { other } => {
                format!("timing, with {:.1} GWh on {}", gwh(mufs[other] as f64), days[other])
            }
            SeriesClass::OpenBreak => "open break".to_owned(),
            other => format!("{other:?}"),
        };
        println!("{} {:>9.1} GWh  {told}", days[index], gwh(mufs[index] as f64));
    }
    Ok(())
}
