//! As much JSON as a plugin without other libraries needs: the texts and whole numbers of an object's own members.
#![allow(dead_code)]

#[derive(Clone)]
pub enum Value {
    Text(String),
    Integer(i64),
    Other,
}

pub type Members = Vec<(String, Value)>;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        while self.at < self.bytes.len() && b" \t\r\n".contains(&self.bytes[self.at]) {
            self.at += 1;
        }
    }
    fn take(&mut self, wanted: u8) -> Option<()> {
        self.space();
        if self.bytes.get(self.at) != Some(&wanted) {
            return None;
        }
        self.at += 1;
        Some(())
    }
    fn text(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut out = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(out).ok(),
                b'\\' => {
                    let escaped = *self.bytes.get(self.at)?;
                    self.at += 1;
                    match escaped {
                        b'n' => out.push(b'\n'),
                        b't' => out.push(b'\t'),
                        b'"' | b'\\' | b'/' => out.push(escaped),
                        b'u' => {
                            let digits = std::str::from_utf8(self.bytes.get(self.at..self.at + 4)?).ok()?;
                            let point = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                            out.extend(point.to_string().bytes());
                            self.at += 4;
                        }
                        _ => return None,
                    }
                }
                _ => out.push(byte),
            }
        }
    }
    /// `depth` bounds hostile nesting.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.space();
        match *self.bytes.get(self.at)? {
            b'"' => self.text().map(Value::Text),
            b'{' | b'[' if depth > 16 => None,
            b'{' => self.members(depth + 1).map(|_| Value::Other),
            b'[' => {
                self.at += 1;
                if self.take(b']').is_some() {
                    return Some(Value::Other);
                }
                loop {
                    self.value(depth + 1)?;
                    if self.take(b',').is_none() {
                        return self.take(b']').map(|_| Value::Other);
                    }
                }
            }
            _ => {
                let begin = self.at;
                while self.at < self.bytes.len() && !b",]} \t\r\n".contains(&self.bytes[self.at]) {
                    self.at += 1;
                }
                let word = std::str::from_utf8(&self.bytes[begin..self.at]).ok()?;
                if let Ok(number) = word.parse::<i64>() {
                    return Some(Value::Integer(number));
                }
                let number = !word.is_empty() && word.bytes().all(|byte| b"0123456789+-.eE".contains(&byte));
                if number || ["true", "false", "null"].contains(&word) { Some(Value::Other) } else { None }
            }
        }
    }
    fn members(&mut self, depth: usize) -> Option<Members> {
        let mut out = Vec::new();
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(out);
        }
        loop {
            let key = self.text()?;
            self.take(b':')?;
            out.push((key, self.value(depth)?));
            if self.take(b',').is_none() {
                return self.take(b'}').map(|_| out);
            }
        }
    }
}

/// The members of a JSON object; None for what is no object.
pub fn object(bytes: &[u8]) -> Option<Members> {
    let mut reader = Reader { bytes, at: 0 };
    let out = reader.members(0)?;
    reader.space();
    if reader.at == bytes.len() { Some(out) } else { None }
}

fn find<'a>(members: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

pub fn text(members: &[(String, Value)], key: &str) -> Option<String> {
    match find(members, key)? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// `missing` where there is no such member; None: it is no whole number.
pub fn integer(members: &[(String, Value)], key: &str, missing: i64) -> Option<i64> {
    match find(members, key) {
        None => Some(missing),
        Some(Value::Integer(number)) => Some(*number),
        Some(_) => None,
    }
}
