//! Values with a time to live and a version, bounded in bytes: what was stored first goes first. A deleted or expired
//! value stays as a tombstone with its version until its place is needed: a filler that read before the deletion must not
//! win. Times are Unix milliseconds, as the host tells them.
use std::collections::{BTreeMap, HashMap};

/// An entry's share of the maps and the allocator, beside its bytes.
const BOOKKEEPING: usize = 200;

pub struct Entry {
    pub value: Vec<u8>,
    /// The highest that was seen.
    pub version: u64,
    /// 0: a tombstone.
    pub expires_unix_ms: i64,
    age: u64,
}

impl Entry {
    pub fn is_live(&self, now_unix_ms: i64) -> bool {
        self.expires_unix_ms > now_unix_ms
    }
}

pub struct Shelf {
    max_bytes: usize,
    bytes: usize,
    stored: u64,
    entries: HashMap<Vec<u8>, Entry>,
    by_age: BTreeMap<u64, Vec<u8>>,
}

impl Shelf {
    pub fn new(max_bytes: usize) -> Shelf {
        Shelf { max_bytes, bytes: 0, stored: 0, entries: HashMap::new(), by_age: BTreeMap::new() }
    }

    /// What is known of the key, a tombstone too.
    pub fn find(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.entries.get_mut(key)
    }

    /// Puts the value under its key, and drops old entries where they are too many. None: larger than a quarter of the
    /// shelf; what was there is buried then.
    pub fn store(&mut self, key: &[u8], value: &[u8]) -> Option<&mut Entry> {
        if key.len() + value.len() > self.max_bytes / 4 {
            self.bury(key);
            return None;
        }
        let version = self.take(key).map_or(0, |entry| entry.version);
        self.stored += 1;
        self.bytes += BOOKKEEPING + 2 * key.len() + value.len();
        self.by_age.insert(self.stored, key.to_vec());
        let entry = Entry { value: value.to_vec(), version, expires_unix_ms: 0, age: self.stored };
        self.entries.insert(key.to_vec(), entry);
        while self.bytes > self.max_bytes && self.entries.len() > 1 {
            let oldest = self.by_age.values().next().cloned()?;
            self.take(&oldest);
        }
        self.entries.get_mut(key)
    }

    pub fn bury(&mut self, key: &[u8]) {
        if let Some(entry) = self.entries.get_mut(key) {
            self.bytes -= entry.value.len();
            entry.value = Vec::new();
            entry.expires_unix_ms = 0;
        }
    }

    fn take(&mut self, key: &[u8]) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.by_age.remove(&entry.age);
        self.bytes -= BOOKKEEPING + 2 * key.len() + entry.value.len();
        Some(entry)
    }
}
