//! As much JSON as a plugin without other libraries needs: the texts of an object's own members.

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
    /// A value: its text where it is one, nothing for others. `depth` bounds hostile nesting.
    fn value(&mut self, depth: usize) -> Option<Option<String>> {
        self.space();
        match *self.bytes.get(self.at)? {
            b'"' => self.text().map(Some),
            b'{' | b'[' if depth > 16 => None,
            b'{' => self.members(depth + 1).map(|_| None),
            b'[' => {
                self.at += 1;
                if self.take(b']').is_some() {
                    return Some(None);
                }
                loop {
                    self.value(depth + 1)?;
                    if self.take(b',').is_none() {
                        return self.take(b']').map(|_| None);
                    }
                }
            }
            _ => {
                let begin = self.at;
                while self.at < self.bytes.len() && !b",]} \t\r\n".contains(&self.bytes[self.at]) {
                    self.at += 1;
                }
                let word = &self.bytes[begin..self.at];
                let known = word == b"true" || word == b"false" || word == b"null";
                let number = !word.is_empty() && word.iter().all(|byte| b"0123456789+-.eE".contains(byte));
                if known || number { Some(None) } else { None }
            }
        }
    }
    fn members(&mut self, depth: usize) -> Option<Vec<(String, Option<String>)>> {
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

/// The members of a JSON object, each with its text where it is one; None for what is no object.
pub fn object(bytes: &[u8]) -> Option<Vec<(String, Option<String>)>> {
    let mut reader = Reader { bytes, at: 0 };
    let out = reader.members(0)?;
    reader.space();
    if reader.at == bytes.len() { Some(out) } else { None }
}

pub fn member(object: &[(String, Option<String>)], key: &str) -> Option<String> {
    object.iter().find(|(name, _)| name == key).and_then(|(_, text)| text.clone())
}
