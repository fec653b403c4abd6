//! The bank behind the rail: a file with one line a fact, shared by every process that opens it. Whoever writes holds the
//! file's lock; a line counts when its end is on the disk, so a torn one is cut off by the next writer.
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::io::AsRawFd;

/// The bank's one asset is counted in units of 1/100000.
pub const DECIMALS: usize = 5;
const OPENING_UNITS: i128 = 100_000 * 100_000;

extern "C" {
    fn flock(fd: i32, operation: i32) -> i32;
}
const LOCK_EX: i32 = 2;

#[derive(Clone, PartialEq)]
pub struct Order {
    pub payment_id: String,
    pub units: i128,
    pub creditor: String,
}

#[derive(Clone)]
pub struct Fact {
    pub order: Order,
    /// 0: it was paid; else the code it was refused with.
    pub refused: i32,
    pub at_unix_ms: i64,
}

/// The book as it stands while the lock is held.
pub struct Book {
    file: File,
    pub facts: Vec<Fact>,
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{:02x}", byte)).collect()
}

fn unhex(text: &str) -> Option<String> {
    let digits = text.as_bytes();
    let bytes: Option<Vec<u8>> = (0..digits.len() / 2)
        .map(|i| u8::from_str_radix(std::str::from_utf8(&digits[2 * i..2 * i + 2]).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

fn read_fact(line: &str) -> Option<Fact> {
    let words: Vec<&str> = line.split(' ').collect();
    if words.len() != 5 {
        return None;
    }
    let order = Order { payment_id: words[0].to_string(), units: words[1].parse().ok()?, creditor: unhex(words[2])? };
    Some(Fact { order, refused: words[3].parse().ok()?, at_unix_ms: words[4].parse().ok()? })
}

impl Book {
    /// Opens or makes the book and waits for its lock, which ends with this object.
    pub fn open(path: &str) -> io::Result<Book> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).open(path)?;
        while unsafe { flock(file.as_raw_fd(), LOCK_EX) } != 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(whole as u64)?;
        }
        let facts: Option<Vec<Fact>> = text[..whole].lines().map(read_fact).collect();
        let facts = facts.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the book holds a line that is no fact"))?;
        Ok(Book { file, facts })
    }

    /// What became of a payment: its first fact decides for ever.
    pub fn find(&self, payment_id: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.order.payment_id == payment_id)
    }

    pub fn paid(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.refused == 0)
    }

    pub fn balance(&self) -> i128 {
        OPENING_UNITS - self.paid().map(|fact| fact.order.units).sum::<i128>()
    }

    /// Writes the fact, and returns when it is on the disk. An error: perhaps it is there.
    pub fn add(&mut self, fact: Fact) -> io::Result<()> {
        let order = &fact.order;
        let line = format!("{} {} {} {} {}\n", order.payment_id, order.units, hex(&order.creditor), fact.refused, fact.at_unix_ms);
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()?;
        self.facts.push(fact);
        Ok(())
    }
}

pub fn opening() -> i128 {
    OPENING_UNITS
}

/// "12.5" as units; None for what is no canonical positive decimal that the asset can carry.
pub fn parse_units(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 30 || fraction.len() > DECIMALS || !digits(whole) || !digits(fraction) {
        return None;
    }
    let units: i128 = format!("{}{:0<width$}", whole, fraction, width = DECIMALS).parse().ok()?;
    if units > 0 { Some(units) } else { None }
}

pub fn format_units(units: i128) -> String {
    let scale = 10i128.pow(DECIMALS as u32);
    let text = format!("{}.{:0width$}", units / scale, units % scale, width = DECIMALS);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
