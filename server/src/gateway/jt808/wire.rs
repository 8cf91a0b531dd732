//! Reading big-endian fields from a body, each with its name for the error.

use super::bad::Bad;

/// What is left of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a [u8]) -> Reader<'a> {
        Reader { rest: body }
    }

    pub(super) fn array<const N: usize>(&mut self, field: &'static str) -> Result<&'a [u8; N], Bad> {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(Bad::Short { field, needs: N, found: self.rest.len() });
        };
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn bytes(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Bad> {
        let Some((head, rest)) = self.rest.split_at_checked(count) else {
            return Err(Bad::Short { field, needs: count, found: self.rest.len() });
        };
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn u8(&mut self, field: &'static str) -> Result<u8, Bad> {
        self.array::<1>(field).map(|bytes| bytes[0])
    }

    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, Bad> {
        self.array(field).map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, Bad> {
        self.array(field).map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }
}
