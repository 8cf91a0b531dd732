//! 0x0702: a driver's qualification card went into the terminal or out of it.
//!
//! Who drives is personal: nothing here shows a name or a number through `Debug`.

use super::bad::Bad;
use super::header::Version;
use super::text;
use super::time;
use super::wire::Reader;
use cordon_spatial::units::UnixMs;

/// Bytes of a qualification number in 2013 and 2019.
const LICENCE: usize = 20;
/// Bytes of a qualification number in 2011.
const LICENCE_2011: usize = 40;
/// Bytes of an identity number.
const IDENTITY: usize = 20;

/// What a terminal says of its card.
#[derive(Clone, PartialEq, Eq)]
pub struct DriverCard {
    /// In or out; 2011 does not say.
    pub state: Option<CardState>,
    /// When it went in or out; 2011 does not say.
    pub at: Option<UnixMs>,
    /// How reading it went: 0 read, 1 not authentic, 2 locked, 3 pulled out, 4 damaged. `None` when it went out.
    pub read_result: Option<u8>,
    /// Whose card it is, when it was read.
    pub driver: Option<Driver>,
}

/// Where a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CardState {
    /// In the terminal: the driver is on duty.
    In = 1,
    /// Out of the terminal: the driver is off duty.
    Out = 2,
}

impl CardState {
    /// `in` or `out`.
    pub fn name(self) -> &'static str {
        match self {
            CardState::In => "in",
            CardState::Out => "out",
        }
    }
}

/// Whose card it is. It must never be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Driver {
    /// Name.
    pub name: String,
    /// Number of the qualification certificate.
    pub licence: String,
    /// Who issued it.
    pub agency: String,
    /// Until when it is valid, eight digits YYYYMMDD; 2011 does not say.
    pub valid_to: Option<String>,
    /// Number of the identity card: 2019, and 2011.
    pub identity: Option<String>,
}

impl std::fmt::Debug for DriverCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DriverCard").field("state", &self.state).field("at", &self.at).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl DriverCard {
    /// Reads a body. The header does not tell 2011 from 2013: a body is of 2011 when it does not begin with a state and a
    /// time, and its two length bytes lead exactly to its end. Bytes after the last field of 2019 (face matching, the
    /// identity card's UID) are left unread.
    pub fn parse(version: Version, body: &[u8]) -> Result<DriverCard, Bad> {
        match later(version, body) {
            Err(bad) if version == Version::V2013 => oldest(body).ok_or(bad),
            read => read,
        }
    }

    /// Appends the body in the layout of `version`, 2013 or 2019. A name or an agency over 255 bytes is cut.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        out.push(self.state.map_or(0, |state| state as u8));
        out.extend_from_slice(&time::encode(self.at.unwrap_or(UnixMs(0))));
        let Some(result) = self.read_result else { return };
        out.push(result);
        let Some(driver) = &self.driver else { return };
        encode_counted(&driver.name, out);
        text::encode_fixed(&driver.licence, LICENCE, out);
        encode_counted(&driver.agency, out);
        let digits = driver.valid_to.as_deref().unwrap_or("00000000").as_bytes();
        out.extend(digits.chunks(2).take(4).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit & 15)));
        if version == Version::V2019 {
            text::encode_fixed(driver.identity.as_deref().unwrap_or_default(), IDENTITY, out);
        }
    }

    /// Appends the body of 2011, which has the driver alone.
    pub fn encode_2011(&self, out: &mut Vec<u8>) {
        let Some(driver) = &self.driver else { return };
        encode_counted(&driver.name, out);
        text::encode_fixed(driver.identity.as_deref().unwrap_or_default(), IDENTITY, out);
        text::encode_fixed(&driver.licence, LICENCE_2011, out);
        encode_counted(&driver.agency, out);
    }
}

fn later(version: Version, body: &[u8]) -> Result<DriverCard, Bad> {
    let mut reader = Reader::new(body);
    let state = match reader.u8("card_state")? {
        1 => CardState::In,
        2 => CardState::Out,
        other => return Err(Bad::Range { field: "card_state", value: f64::from(other), limit: 2.0 }),
    };
    let mut card = DriverCard {
        state: Some(state),
        at: Some(time::decode(reader.array("time")?)?),
        read_result: None,
        driver: None,
    };
    // What is filled in after the time counts only when the card went in.
    if state == CardState::Out {
        return Ok(card);
    }
    let result = reader.u8("read_result")?;
    card.read_result = Some(result);
    if result != 0 {
        return Ok(card);
    }
    let name = counted(&mut reader, "name")?;
    let licence = text::decode(reader.bytes(LICENCE, "licence")?);
    let agency = counted(&mut reader, "agency")?;
    let valid_to = digits(reader.array("valid_to")?);
    // There are terminals that mix the editions: the field is there when its bytes are.
    let left = reader.rest().len();
    let has_identity = left == IDENTITY || left > IDENTITY && version == Version::V2019;
    let identity = if has_identity { Some(text::decode(reader.bytes(IDENTITY, "identity")?)) } else { None };
    let identity = identity.filter(|text| !text.is_empty());
    card.driver = Some(Driver { name, licence, agency, valid_to, identity });
    Ok(card)
}

/// The layout of 2011, if the lengths fit exactly.
fn oldest(body: &[u8]) -> Option<DriverCard> {
    let mut reader = Reader::new(body);
    let name = counted(&mut reader, "name").ok()?;
    let identity = text::decode(reader.bytes(IDENTITY, "identity").ok()?);
    let licence = text::decode(reader.bytes(LICENCE_2011, "licence").ok()?);
    let agency = counted(&mut reader, "agency").ok()?;
    let identity = Some(identity).filter(|text| !text.is_empty());
    let driver = Driver { name, licence, agency, valid_to: None, identity };
    let card = DriverCard { state: None, at: None, read_result: None, driver: Some(driver) };
    reader.rest().is_empty().then_some(card)
}

fn counted(reader: &mut Reader<'_>, field: &'static str) -> Result<String, Bad> {
    let length = reader.u8(field)?;
    Ok(text::decode(reader.bytes(usize::from(length), field)?))
}

fn encode_counted(value: &str, out: &mut Vec<u8>) {
    let at = out.len();
    out.push(0);
    text::encode(value, out);
    out.truncate(at + 256);
    out[at] = u8::try_from(out.len() - at - 1).expect("cut to 255 bytes");
}

fn digits(bcd: &[u8; 4]) -> Option<String> {
    let text = super::bad::hex(bcd);
    (text.bytes().all(|byte| byte.is_ascii_digit()) && bcd != &[0; 4]).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(identity: Option<&str>) -> DriverCard {
        DriverCard {
            state: Some(CardState::In),
            at: Some(UnixMs(1_795_433_405_000)),
            read_result: Some(0),
            driver: Some(Driver {
                name: "王小明".into(),
                licence: "330482199001011234".into(),
                agency: "嘉兴市道路运输管理局".into(),
                valid_to: Some("20291231".into()),
                identity: identity.map(str::to_owned),
            }),
        }
    }

    #[test]
    fn a_card_of_2013_and_2019_comes_back() {
        for (version, sent) in [(Version::V2013, card(None)), (Version::V2019, card(Some("33048219900101123X")))] {
            let mut body = Vec::new();
            sent.encode(version, &mut body);
            assert!(DriverCard::parse(version, &body) == Ok(sent.clone()), "{version:?}");
            // Face matching and UID after the fields of 2019.
            body.extend_from_slice(&[95; 21]);
            assert!(DriverCard::parse(version, &body) == Ok(sent), "{version:?}");
        }
    }

    #[test]
    fn the_layout_of_2011_is_told_by_its_lengths() {
        let mut sent = DriverCard { state: None, at: None, read_result: None, ..card(Some("330482199001011234")) };
        if let Some(driver) = &mut sent.driver {
            driver.valid_to = None;
        }
        let mut body = Vec::new();
        sent.encode_2011(&mut body);
        assert!(DriverCard::parse(Version::V2013, &body) == Ok(sent));
        assert!(DriverCard::parse(Version::V2013, &body[..body.len() - 1]).is_err());
    }

    #[test]
    fn what_follows_a_card_that_went_out_or_was_not_read_is_not_looked_at() {
        let mut out = vec![2, 0x26, 0x11, 0x23, 0x19, 0x30, 0x05];
        let read = DriverCard::parse(Version::V2013, &out).expect("a card that went out");
        assert_eq!((read.state, read.read_result), (Some(CardState::Out), None));
        assert!(read.driver.is_none());
        out[0] = 1;
        out.extend_from_slice(&[2, 9, 9]);
        let read = DriverCard::parse(Version::V2019, &out).expect("a locked card");
        assert_eq!((read.state, read.read_result), (Some(CardState::In), Some(2)));
        assert!(read.driver.is_none());
    }

    #[test]
    fn nobody_is_named_by_accident() {
        let shown = format!("{:?} {:?}", card(Some("1")), card(Some("1")).driver);
        assert!(!shown.contains('王') && !shown.contains("3304"), "{shown}");
    }
}
