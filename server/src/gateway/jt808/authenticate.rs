//! 0x0102: a terminal shows the code that it was given.

use super::header::Version;
use super::text;

/// Bytes of the IMEI in 2019.
const IMEI: usize = 15;
/// Bytes of the software version in 2019.
const SOFTWARE: usize = 20;

/// What a terminal shows. It must never be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication {
    /// The code from 0x8100.
    pub code: String,
    /// 2019: the modem's IMEI.
    pub imei: Option<String>,
    /// 2019: software version.
    pub software_version: Option<String>,
}

impl std::fmt::Debug for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}

impl Authentication {
    /// Reads a body; every body is some code. The layout of 2019 is the one whose length byte fits, whatever the header:
    /// there are terminals that mix them.
    pub fn parse(version: Version, body: &[u8]) -> Authentication {
        let plain = || Authentication { code: text::decode(body), imei: None, software_version: None };
        let Some((&length, rest)) = body.split_first() else { return plain() };
        let Some((code, rest)) = rest.split_at_checked(usize::from(length)) else { return plain() };
        let is_2019 = rest.len() == IMEI + SOFTWARE || version == Version::V2019;
        if !is_2019 {
            return plain();
        }
        let (imei, software) = rest.split_at(rest.len().min(IMEI));
        let present = |bytes: &[u8]| Some(text::decode(bytes)).filter(|text| !text.is_empty());
        Authentication { code: text::decode(code), imei: present(imei), software_version: present(software) }
    }

    /// Appends the body in the layout of `version`; the code has at most 255 bytes there.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        if version == Version::V2013 {
            text::encode(&self.code, out);
            return;
        }
        let at = out.len();
        out.push(0);
        text::encode(&self.code, out);
        out.truncate(at + 256);
        out[at] = u8::try_from(out.len() - at - 1).expect("cut to 255 bytes");
        text::encode_fixed(self.imei.as_deref().unwrap_or_default(), IMEI, out);
        text::encode_fixed(self.software_version.as_deref().unwrap_or_default(), SOFTWARE, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn a_2013_body_is_the_code() {
        let read = Authentication::parse(Version::V2013, CODE.as_bytes());
        assert_eq!((read.code.as_str(), read.imei, read.software_version), (CODE, None, None));
        assert_eq!(Authentication::parse(Version::V2013, b"").code, "");
    }

    #[test]
    fn a_2019_body_has_length_imei_and_software() {
        let mut body = vec![4];
        body.extend_from_slice(b"abcd862345678901234v1.2.3\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        for version in [Version::V2013, Version::V2019] {
            let read = Authentication::parse(version, &body);
            assert_eq!(read.code, "abcd");
            assert_eq!(read.imei.as_deref(), Some("862345678901234"));
            assert_eq!(read.software_version.as_deref(), Some("v1.2.3"));
        }
    }

    #[test]
    fn a_2019_header_with_a_2013_body_is_taken() {
        let read = Authentication::parse(Version::V2019, CODE.as_bytes());
        assert_eq!(read.code, CODE);
    }
}
