//! A JT/T 808 terminal written from the wire's description alone (frames, registration, authentication, positions).
//!
//! It shares no code with the server, so that a terminal made by somebody else is what the server is tried with.
//! Frame: `7E | header body check | 7E`; check = XOR over header and body; then 7E becomes 7D 02 and 7D becomes 7D 01.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Which header a terminal writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The header of 2013 and the registration of 2011: maker 5, model 8, terminal 7 bytes.
    V2011,
    /// 12 bytes: phone in 6 bytes of BCD.
    V2013,
    /// 17 bytes: attribute bit 14, a version byte, phone in 10 bytes of BCD.
    V2019,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Message id, such as 0x0200.
    pub id: u16,
    /// Phone digits as sent, leading zeros kept.
    pub phone: String,
    /// Serial number.
    pub serial: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// A position report, message 0x0200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Seconds since 1970, UTC.
    pub at_s: i64,
    /// Longitude, 1e-6 degrees, east positive.
    pub lon_e6: i32,
    /// Latitude, 1e-6 degrees, north positive.
    pub lat_e6: i32,
    /// Tenths of km/h.
    pub speed_dkph: u16,
    /// Degrees from north.
    pub heading_deg: u16,
}

impl Report {
    /// The body of message 0x0200: ignition on, satellite fix.
    pub fn body(&self) -> Vec<u8> {
        let south = u32::from(self.lat_e6 < 0) << 2;
        let west = u32::from(self.lon_e6 < 0) << 3;
        self.body_with_status(0b11 | south | west)
    }

    /// The same with a status word of the caller's.
    pub fn body_with_status(&self, status: u32) -> Vec<u8> {
        let mut body = Vec::with_capacity(28);
        body.extend_from_slice(&0u32.to_be_bytes());
        body.extend_from_slice(&status.to_be_bytes());
        body.extend_from_slice(&self.lat_e6.unsigned_abs().to_be_bytes());
        body.extend_from_slice(&self.lon_e6.unsigned_abs().to_be_bytes());
        body.extend_from_slice(&12u16.to_be_bytes());
        body.extend_from_slice(&self.speed_dkph.to_be_bytes());
        body.extend_from_slice(&self.heading_deg.to_be_bytes());
        body.extend_from_slice(&bcd_time(self.at_s));
        body
    }
}

/// The body of message 0x0704.
pub fn batch_body(reports: &[Report], blind: bool) -> Vec<u8> {
    let mut body = (reports.len() as u16).to_be_bytes().to_vec();
    body.push(u8::from(blind));
    for report in reports {
        let one = report.body();
        body.extend_from_slice(&(one.len() as u16).to_be_bytes());
        body.extend_from_slice(&one);
    }
    body
}

/// YYMMDDhhmmss in BCD, in the terminal's time of GMT+8.
pub fn bcd_time(at_s: i64) -> [u8; 6] {
    let at = jiff::Timestamp::from_second(at_s).expect("within the years of a calendar");
    let local = jiff::tz::offset(8).to_datetime(at);
    let date = [(local.year() % 100) as i8, local.month(), local.day()];
    let time = [local.hour(), local.minute(), local.second()];
    let mut bytes = [0; 6];
    for (byte, part) in bytes.iter_mut().zip(date.into_iter().chain(time)) {
        *byte = bcd(part as u8);
    }
    bytes
}

fn bcd(n: u8) -> u8 {
    ((n / 10) << 4) | (n % 10)
}

/// A whole frame.
pub fn encode(version: Version, id: u16, phone: &str, serial: u16, body: &[u8]) -> Vec<u8> {
    encode_part(version, id, phone, serial, None, body)
}

/// A whole frame that is part `(total, index)` of a split message.
pub fn encode_part(
    version: Version,
    id: u16,
    phone: &str,
    serial: u16,
    part: Option<(u16, u16)>,
    body: &[u8],
) -> Vec<u8> {
    let mut raw = Vec::with_capacity(body.len() + 20);
    raw.extend_from_slice(&id.to_be_bytes());
    let (flag, digits) = match version {
        Version::V2011 | Version::V2013 => (0u16, 12),
        Version::V2019 => (1 << 14, 20),
    };
    let split = u16::from(part.is_some()) << 13;
    raw.extend_from_slice(&(flag | split | body.len() as u16).to_be_bytes());
    if version == Version::V2019 {
        raw.push(1);
    }
    let padded = format!("{phone:0>digits$}");
    for pair in padded.as_bytes().chunks(2) {
        let digit = |byte: u8| char::from(byte).to_digit(16).expect("a digit") as u8;
        raw.push((digit(pair[0]) << 4) | digit(pair[1]));
    }
    raw.extend_from_slice(&serial.to_be_bytes());
    for number in part.into_iter().flat_map(|(total, index)| [total, index]) {
        raw.extend_from_slice(&number.to_be_bytes());
    }
    raw.extend_from_slice(body);
    close(&raw)
}

/// Check byte, escapes and delimiters around a raw header and body.
pub fn close(raw: &[u8]) -> Vec<u8> {
    let check = raw.iter().fold(0, |x, b| x ^ b);
    delimit(&[raw, &[check]].concat())
}

/// Escapes and delimiters around a raw header, body and check byte.
pub fn delimit(raw: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x7e];
    for &byte in raw {
        match byte {
            0x7e => frame.extend_from_slice(&[0x7d, 0x02]),
            0x7d => frame.extend_from_slice(&[0x7d, 0x01]),
            other => frame.push(other),
        }
    }
    frame.push(0x7e);
    frame
}

/// What stands between two delimiters; `None` when it is no message.
pub fn decode(inner: &[u8]) -> Option<Message> {
    let mut raw = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        raw.push(match byte {
            0x7d => match bytes.next()? {
                0x01 => 0x7d,
                0x02 => 0x7e,
                _ => return None,
            },
            other => other,
        });
    }
    if raw.len() < 13 || raw.iter().fold(0, |x, b| x ^ b) != 0 {
        return None;
    }
    raw.pop();
    let word = |at: usize| u16::from_be_bytes([raw[at], raw[at + 1]]);
    let attributes = word(2);
    let (phone_at, header) = if attributes & 1 << 14 != 0 { (5, 17) } else { (4, 12) };
    if raw.len() != header + usize::from(attributes & 0x3ff) {
        return None;
    }
    let phone = raw[phone_at..header - 2].iter().map(|b| format!("{b:02x}")).collect();
    Some(Message { id: word(0), phone, serial: word(header - 2), body: raw[header..].to_vec() })
}

/// A terminal on its connection.
pub struct Terminal {
    stream: TcpStream,
    version: Version,
    phone: String,
    serial: u16,
    imei: [u8; 15],
    bytes: Vec<u8>,
    messages: VecDeque<Message>,
}

impl Terminal {
    /// Connects; says nothing yet.
    pub fn connect(server: SocketAddr, phone: &str, version: Version) -> io::Result<Terminal> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(Terminal {
            stream,
            version,
            phone: phone.to_owned(),
            serial: 0,
            imei: *b"867530012345678",
            bytes: Vec::new(),
            messages: VecDeque::new(),
        })
    }

    /// Connects, registers with a plate and authenticates; the terminal and its authentication code.
    pub fn sign_on(server: SocketAddr, phone: &str, plate: &[u8], version: Version) -> io::Result<(Terminal, Vec<u8>)> {
        let mut terminal = Terminal::connect(server, phone, version)?;
        let code = terminal.register(plate)?;
        terminal.authenticate(&code)?;
        Ok((terminal, code))
    }

    /// Connects and authenticates with the code of an earlier registration.
    pub fn return_with(server: SocketAddr, phone: &str, code: &[u8], version: Version) -> io::Result<Terminal> {
        let mut terminal = Terminal::connect(server, phone, version)?;
        terminal.authenticate(code)?;
        Ok(terminal)
    }

    /// 0x0100 with a yellow plate (GBK bytes); the authentication code of a positive 0x8100.
    pub fn register(&mut self, plate: &[u8]) -> io::Result<Vec<u8>> {
        let (maker, model, own) = match self.version {
            Version::V2011 => (5, 8, 7),
            Version::V2013 => (5, 20, 7),
            Version::V2019 => (11, 30, 30),
        };
        let mut body = vec![0, 33, 2, 6];
        for (text, width) in [("CRDTS", maker), ("TEST-1", model), ("T1", own)] {
            let mut field = text.as_bytes().to_vec();
            field.resize(width, 0);
            body.extend_from_slice(&field);
        }
        body.push(2);
        body.extend_from_slice(plate);
        let serial = self.send(0x0100, &body)?;
        let answer = self.answer_to(serial, 0x8100)?;
        if answer.body[2] != 0 {
            return Err(io::Error::other(format!("registration refused with result {}", answer.body[2])));
        }
        Ok(answer.body[3..].to_vec())
    }

    /// 0x0102, answered positively.
    pub fn authenticate(&mut self, code: &[u8]) -> io::Result<()> {
        let body = match self.version {
            Version::V2011 | Version::V2013 => code.to_vec(),
            Version::V2019 => {
                let mut body = vec![code.len() as u8];
                body.extend_from_slice(code);
                body.extend_from_slice(&self.imei);
                body.extend_from_slice(b"1.0.0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
                body
            }
        };
        let serial = self.send(0x0102, &body)?;
        match self.acknowledged(serial)? {
            0 => Ok(()),
            result => Err(io::Error::other(format!("authentication refused with result {result}"))),
        }
    }

    /// A message as a frame of its own; its serial number.
    pub fn send(&mut self, id: u16, body: &[u8]) -> io::Result<u16> {
        let (serial, frame) = self.frame(id, body);
        self.stream.write_all(&frame)?;
        Ok(serial)
    }

    /// The IMEI that it shows from now on.
    pub fn set_imei(&mut self, imei: [u8; 15]) {
        self.imei = imei;
    }

    /// The frames of a message that is split into parts of `size` bytes, with the serial of each, none sent.
    pub fn split(&mut self, id: u16, body: &[u8], size: usize) -> Vec<(u16, Vec<u8>)> {
        let total = body.chunks(size).len() as u16;
        let mut frames = Vec::new();
        for (index, piece) in (1..).zip(body.chunks(size)) {
            self.serial = self.serial.wrapping_add(1);
            let part = Some((total, index));
            frames.push((self.serial, encode_part(self.version, id, &self.phone, self.serial, part, piece)));
        }
        frames
    }

    /// The next message of this id; other messages are passed over.
    pub fn receive_id(&mut self, id: u16) -> io::Result<Message> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let message = self.receive(end.saturating_duration_since(Instant::now()))?;
            if message.id == id {
                return Ok(message);
            }
        }
    }

    /// Waits until the server hangs up; an error when it does not.
    pub fn until_hung_up(&mut self) -> io::Result<()> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            match self.receive(end.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(e) if matches!(e.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                    return Ok(());
                }
                Err(e) => return Err(e),
            }
        }
    }

    /// The next frame, not sent: for those who cut, join or spoil it.
    pub fn frame(&mut self, id: u16, body: &[u8]) -> (u16, Vec<u8>) {
        self.serial = self.serial.wrapping_add(1);
        (self.serial, encode(self.version, id, &self.phone, self.serial, body))
    }

    /// Bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// 0x0200 and the result of its acknowledgement.
    pub fn report(&mut self, report: &Report) -> io::Result<u8> {
        let serial = self.send(0x0200, &report.body())?;
        self.acknowledged(serial)
    }

    /// 0x0704: `blind` reports were kept while there was no network.
    pub fn report_batch(&mut self, reports: &[Report], blind: bool) -> io::Result<u8> {
        let serial = self.send(0x0704, &batch_body(reports, blind))?;
        self.acknowledged(serial)
    }

    /// The result in the 0x8001 that answers this serial number; other messages are passed over.
    pub fn acknowledged(&mut self, serial: u16) -> io::Result<u8> {
        Ok(self.answer_to(serial, 0x8001)?.body[4])
    }

    /// The message of this id that answers this serial number; other messages are passed over.
    pub fn answer_to(&mut self, serial: u16, id: u16) -> io::Result<Message> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.receive(left)?;
            if message.id == id && message.body.starts_with(&serial.to_be_bytes()) {
                return Ok(message);
            }
        }
    }

    /// The connection, for whoever goes on with it in another way.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// The next message; an error of kind `TimedOut` when none came, `UnexpectedEof` when the server hung up.
    pub fn receive(&mut self, limit: Duration) -> io::Result<Message> {
        let end = Instant::now() + limit;
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(message);
            }
            let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.stream.set_read_timeout(Some(left))?;
            let mut chunk = [0; 16_384];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.bytes.extend_from_slice(&chunk[..count]),
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(e) => return Err(e),
            }
            self.cut()?;
        }
    }

    /// Moves whole frames from the bytes to the messages. The server never sends a broken one.
    fn cut(&mut self) -> io::Result<()> {
        while let Some(end) = self.bytes.iter().skip(1).position(|&b| b == 0x7e).map(|p| p + 1) {
            let frame: Vec<u8> = self.bytes.drain(..=end).collect();
            let message = decode(&frame[1..end])
                .filter(|_| frame[0] == 0x7e)
                .ok_or_else(|| io::Error::other(format!("the server sent a broken frame: {frame:02x?}")))?;
            if message.phone.to_uppercase().trim_start_matches('0') != self.phone.to_uppercase().trim_start_matches('0')
            {
                return Err(io::Error::other(format!("the server answered phone {}", message.phone)));
            }
            self.messages.push_back(message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_as_the_standard_writes_it() {
        let frame = encode(Version::V2013, 0x0002, "13800138000", 0x007e, &[]);
        assert_eq!(frame, [0x7e, 0, 2, 0, 0, 0x01, 0x38, 0x00, 0x13, 0x80, 0x00, 0, 0x7d, 0x02, 0xd6, 0x7e]);
        let message = decode(&frame[1..frame.len() - 1]).unwrap();
        assert_eq!((message.id, message.serial, message.phone.as_str()), (2, 0x7e, "013800138000"));
    }

    #[test]
    fn time_is_eight_hours_ahead_of_utc() {
        // 2024-02-29T16:30:05Z is 2024-03-01 00:30:05 in China.
        assert_eq!(bcd_time(1_709_224_205), [0x24, 0x03, 0x01, 0x00, 0x30, 0x05]);
    }
}
